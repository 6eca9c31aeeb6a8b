// The palette shows the records that this browser opened last. They are kept
// here and nowhere else.
const key = 'wellmet-recent';
const read = () => { try { return JSON.parse(localStorage.getItem(key)) ?? []; } catch { return []; } };
const note = () => {
  const m = location.pathname.match(/^\/([a-z_0-9]+)\/(\d+)$/); if (!m) return;
  const ref = m[1] + '/' + m[2];
  localStorage.setItem(key, JSON.stringify([ref, ...read().filter(x => x !== ref)].slice(0, 8)));
};
note();
document.addEventListener('htmx:after:swap', () => setTimeout(note));
document.addEventListener('htmx:config:request', e => {
  const c = e.detail?.ctx;
  if (!c?.request?.action?.startsWith('/palette')) return;
  c.request.body?.set?.('recent', read().join(','));
});
