// What went wrong on the way: no connection, a session that is over, a server
// that failed. Nothing typed is lost: the form stays as it is, and a change that
// did not get through is sent again, after signing in or when asked to.
const say = (text) => {
  const t = document.createElement('div');
  t.className = 'toast bad'; t.dataset.toast = ''; t.setAttribute('role', 'alert'); t.textContent = text;
  document.getElementById('toasts').append(t);
  document.dispatchEvent(new CustomEvent('htmx:after:swap'));
};
let waiting = [];                                              // the latest change of each source
const gate = '#modal form[action="/signin"]';                  // signing in is no change: sent again, it would end the session it began
const banner = () => {
  const b = document.getElementById('offline');
  b.hidden = navigator.onLine && !waiting.some(x => x.lost);
  b.querySelector('[data-again]').hidden = !waiting.length;
};
const wait = (c, lost) => {
  const from = c.sourceElement, { method, action, submitter } = c.request;
  if (method === 'GET' || from.matches(gate)) return;
  const { placed, ...values } = c.values ?? {};                // a card that was dropped went back
  waiting = [...waiting.filter(x => x.from !== from), { from, method, action, submitter, values, target: c.target, swap: c.swap, lost }];
  banner();
};
const again = () => {
  const all = waiting; waiting = []; banner();
  for (const { from, method, action, submitter, values, target, swap } of all) {
    if (!from.isConnected) htmx.ajax(method, action, { swap: 'none', values });
    else if (from.matches('form')) { delete from.dataset.done; from.requestSubmit(submitter?.isConnected ? submitter : null); }
    else htmx.ajax(method, action, { source: from, target, swap, values });
  }
};
addEventListener('offline', banner);
addEventListener('online', banner);
if (!navigator.onLine) banner();
document.addEventListener('click', e => { if (e.target.closest('[data-again]')) again(); });
document.addEventListener('htmx:error', e => {
  const c = e.detail?.ctx;
  if (c?.response) return;
  if (c) wait(c, true);
  if (!waiting.length || c?.sourceElement.matches(gate)) say(document.body.dataset.offline);
});
document.addEventListener('htmx:response:error', e => {
  const c = e.detail?.ctx, status = c?.response?.status;
  if (status === 401) wait(c);
  if (status >= 500) say(document.body.dataset.failed);
});
// One dialog asks to sign in, and knows who one is. The changes of one person
// are not made by another.
document.addEventListener('htmx:after:swap', () => document.querySelectorAll(gate).forEach((f, i) => {
  const d = f.closest('dialog');
  if (i) d.open ? d.close() : d.remove(); else f.elements.email.value ||= document.body.dataset.me ?? '';
}));
document.addEventListener('wellmet:signed-in', e => {
  const as = e.target.elements?.email.value.trim().toLowerCase();
  if (!as || as === document.body.dataset.me) return again();
  document.querySelectorAll('form[data-dirty]').forEach(f => delete f.dataset.dirty);
  location.reload();
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
