// only: [data-live]
// Live: one stream a page says which records have changed, for the elements
// that name their objects in data-live. They get the event wellmet:live, with
// the ids when these are few, and ask again. A hidden page listens to nothing;
// the server tells everything anew when it comes back.
let stream, about = '', first;
const watching = () => [...document.querySelectorAll('[data-live]')];
const wanted = () => [...new Set(watching().flatMap(x => x.dataset.live.split(' ')))].sort().join(' ');
const stop = () => { stream?.close(); stream = null; about = ''; };

const tell = hints => {
  for (const x of watching()) {
    const about = x.dataset.live.split(' '), mine = hints.filter(h => about.includes(h.o));
    if (mine.length) x.dispatchEvent(new CustomEvent('wellmet:live', { bubbles: true, detail: mine }));
  }
};
function listen() {
  const o = document.hidden ? '' : wanted();
  if (o === about && (!o || stream?.readyState !== 2)) return;
  const known = stream !== undefined; // a page that has just been loaded is fresh, but for what changed meanwhile
  stop();
  if (!o) return;
  about = o; first = !known;
  stream = new EventSource(`/live?o=${encodeURIComponent(o)}&since=${document.body.dataset.heard}`);
  stream.addEventListener('snapshot', e => { tell(JSON.parse(e.data).filter(h => !first || h.s || h.o === '@notices')); first = false; });
  stream.addEventListener('changed', e => tell(JSON.parse(e.data)));
  stream.addEventListener('over', () => { stream?.close(); });  // another page of ours took the place
}
document.addEventListener('visibilitychange', listen);
document.addEventListener('htmx:after:swap', listen);
addEventListener('pagehide', stop);
addEventListener('pageshow', listen);
addEventListener('focus', listen);
// What was taken back shows at once.
document.addEventListener('htmx:finally:request', e => {
  const c = e.detail?.ctx;
  if (c?.response?.status < 300 && new URL(c.request?.action ?? '/', location).pathname.startsWith('/undo/')) tell(wanted().split(' ').map(o => ({ o })));
});
listen();
