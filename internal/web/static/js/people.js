// only: [data-find],[data-focus]
// Settings of people: a field to find, and the focus after a row has changed.
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
