// only: [data-drop],[data-poll]
// A file dropped on its place, or chosen there, is named before it is sent; the
// button says that it is on its way.
const zone = e => e.target.closest?.('[data-drop]');
const named = z => {
  const f = z.querySelector('input[type=file]').files[0], note = z.querySelector('[data-chosen]');
  if (f && note) note.textContent = f.name;
};
document.addEventListener('dragover', e => { const z = zone(e); if (z) { e.preventDefault(); z.classList.add('over'); } });
document.addEventListener('dragleave', e => zone(e)?.classList.remove('over'));
document.addEventListener('drop', e => {
  const z = zone(e); if (!z) return;
  e.preventDefault(); z.classList.remove('over');
  if (e.dataTransfer.files.length) { z.querySelector('input[type=file]').files = e.dataTransfer.files; named(z); }
});
document.addEventListener('change', e => { const z = zone(e); if (z) named(z); });
document.addEventListener('submit', e => {
  const b = e.target.closest?.('[data-upload]')?.querySelector('[data-busy]');
  if (b) { b.setAttribute('aria-disabled', 'true'); b.textContent = b.dataset.busy; }
});
// What is under way ([data-poll] with [data-more] inside) is asked for when
// nothing has come for a while: the stream does not get through, or there is
// none. A page that shows the end is left alone.
const fresh = new WeakMap();
document.addEventListener('htmx:after:swap', e => { const p = e.detail?.ctx?.target?.closest?.('[data-poll]'); if (p) fresh.set(p, Date.now()); });
setInterval(() => {
  if (document.hidden) return;
  for (const p of document.querySelectorAll('[data-poll]')) {
    if (!p.querySelector('[data-more]')) continue;
    if (!fresh.has(p)) fresh.set(p, Date.now());
    if (Date.now() - fresh.get(p) < 5000) continue;
    fresh.set(p, Date.now());
    htmx.trigger(document.querySelector(`[data-poll-for="${CSS.escape(p.id)}"]`) ?? p, 'poll');
  }
}, 1000);
