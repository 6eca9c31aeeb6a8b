// The composer: what is being written stays in this browser until it is saved,
// a kind that is chosen gets the caret, and mails are handed to the mail program.
const all = () => document.querySelectorAll('form[data-draft]');
const key = f => 'draft ' + f.dataset.draft;
const inputs = f => [...f.elements].filter(e => e.name && e.type !== 'hidden' && e.type !== 'file');
const texts = f => inputs(f).filter(e => e.matches('[name=subject],[name=body],[name=next]'));
const open = f => { f.dataset.open = ''; };
const restore = f => {
  if ('seen' in f.dataset) return;
  f.dataset.seen = '';
  if ('saved' in f.dataset) localStorage.removeItem(key(f));
  const kept = localStorage.getItem(key(f));
  if (!kept || 'typed' in f.dataset) return;
  for (const [name, value] of JSON.parse(kept)) inputs(f).filter(e => e.name === name).forEach(e => { e.type === 'radio' ? e.checked = e.value === value : e.value = value; });
  f.querySelector('[data-restored]').hidden = false; open(f);
};
const keep = e => {
  const f = e.target.closest?.('form[data-draft]'); if (!f) return;
  open(f);
  if (texts(f).some(x => x.value.trim())) localStorage.setItem(key(f), JSON.stringify(inputs(f).filter(x => x.type !== 'radio' || x.checked).map(x => [x.name, x.value])));
  else localStorage.removeItem(key(f));
  if (e.type === 'change' && e.target.name === 'kind') texts(f).find(x => x.checkVisibility())?.focus();
};
document.addEventListener('input', keep);
document.addEventListener('change', keep);
document.addEventListener('focusin', e => { const f = e.target.closest?.('form[data-draft]'); if (f) open(f); });
// A kind that is chosen already gets the caret all the same when its key is pressed.
document.addEventListener('click', e => {
  const kind = e.target.matches?.('.kinds input');             // the label's own click takes the focus after ours
  if (kind) texts(e.target.form).find(x => x.checkVisibility())?.focus();
  const drop = e.target.closest?.('[data-discard]');
  if (drop) { localStorage.removeItem(key(drop.form)); drop.form.reset(); texts(drop.form).forEach(x => { x.value = ''; }); drop.closest('[data-restored]').hidden = true; }
  const mail = e.target.closest?.('[data-mailto]');
  if (mail) {
    const of = name => encodeURIComponent(mail.closest('form').elements[name].value);
    mail.href = `mailto:${mail.dataset.mailto}?subject=${of('subject')}&body=${of('body')}`;
  }
});
document.addEventListener('htmx:finally:request', e => {
  const c = e.detail?.ctx, f = c?.sourceElement;
  if (f?.matches?.('form[data-draft]') && c.response?.status < 300) localStorage.removeItem(key(f));
});
document.addEventListener('htmx:after:swap', () => all().forEach(restore));
all().forEach(restore);
