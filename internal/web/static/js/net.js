// What went wrong on the way: no connection, a session that is over, a server
// that failed. Nothing typed is lost: the form stays as it is, and the request
// that a dead session refused is sent again after signing in.
const say = (text) => {
  const t = document.createElement('div');
  t.className = 'toast bad'; t.dataset.toast = ''; t.setAttribute('role', 'alert'); t.textContent = text;
  document.getElementById('toasts').append(t);
  document.dispatchEvent(new CustomEvent('htmx:after:swap'));
};
const offline = (off) => { document.getElementById('offline').hidden = !off; };
addEventListener('offline', () => offline(true));
addEventListener('online', () => offline(false));
if (!navigator.onLine) offline(true);

let again = null;
document.addEventListener('htmx:error', e => {
  if (!e.detail?.ctx?.response) { say(document.body.dataset.offline); }
});
document.addEventListener('htmx:response:error', e => {
  const c = e.detail?.ctx, status = c?.response?.status;
  if (status === 401) again = c.sourceElement;
  if (status >= 500) say(document.body.dataset.failed);
});
document.addEventListener('wellmet:signed-in', () => {
  const el = again; again = null;
  if (!el?.isConnected) return;
  if (el.matches('form')) { delete el.dataset.done; el.requestSubmit(); } else el.click();
});
// A 2 px line on top of the panel while something takes longer than 100 ms.
let open = 0, timer;
const root = document.documentElement;
document.addEventListener('htmx:before:request', () => { root.dataset.loading = ++open; timer ??= setTimeout(() => document.body.classList.add('busy'), 100); });
document.addEventListener('htmx:finally:request', () => {
  open = Math.max(0, open - 1);
  if (open) return;
  clearTimeout(timer); timer = null; delete root.dataset.loading; document.body.classList.remove('busy');
});
