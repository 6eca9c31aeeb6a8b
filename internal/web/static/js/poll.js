// only: [data-poll]
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
