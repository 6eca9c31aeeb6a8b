// only: [data-place]
// A placeholder goes where one was writing last, in the subject or the body.
let last;
document.addEventListener('focusin', e => { if (e.target.matches('[name=subject],[name=body]')) last = e.target; });
document.addEventListener('click', e => {
  const b = e.target.closest('[data-place]'); if (!b) return;
  const to = last?.isConnected ? last : document.getElementById('body');
  to.setRangeText(b.dataset.place, to.selectionStart, to.selectionEnd, 'end');
  to.focus();
});
