// only: [data-find],[data-focus],[data-copy-from]
// Settings of people: a link to copy, a field to find, and the focus after a
// row has changed.
document.addEventListener('click', async e => {
  const b = e.target.closest?.('[data-copy-from]'); if (!b) return;
  const from = document.getElementById(b.dataset.copyFrom);
  from.select();
  try { await navigator.clipboard.writeText(from.value); } catch { document.execCommand('copy'); }
  document.getElementById('live').textContent = b.dataset.copied;
  b.lastChild.textContent = b.dataset.copied;
});
document.addEventListener('input', e => {
  if (!e.target.matches?.('[data-find]')) return;
  const text = e.target.value.trim().toLowerCase();
  for (const fold of e.target.closest('[data-fields]').querySelectorAll('details')) {
    let any = false;
    for (const row of fold.querySelectorAll('[data-name]')) {
      row.hidden = !row.dataset.name.toLowerCase().includes(text);
      any ||= !row.hidden;
    }
    fold.hidden = !any;
    if (text) fold.open = any;
  }
});
// The search answers as one types; Enter in it must not send the form.
document.addEventListener('keydown', e => { if (e.key === 'Enter' && e.target.matches?.('[data-find]')) e.preventDefault(); });
const focus = () => document.querySelectorAll('[data-focus]').forEach(x => {
  delete x.dataset.focus;
  if (x.checkVisibility()) { x.focus(); x.select?.(); }
});
document.addEventListener('htmx:after:swap', focus);
focus();                                                      // this module may have come with what it is for
