// Palette (a combobox over a list that the server renders), dialogs that came
// with an answer, menus, toasts.
const $ = s => document.querySelector(s);
const palette = () => $('#palette'), list = () => $('#pal-list');
const options = () => [...list().querySelectorAll('[role=option]')];
const current = () => options().findIndex(x => x.getAttribute('aria-selected') === 'true');
const pick = i => {
  const o = options(); if (!o.length) return;
  i = (i + o.length) % o.length;
  o.forEach((x, n) => x.setAttribute('aria-selected', n === i));
  palette().querySelector('input').setAttribute('aria-activedescendant', o[i].id);
  o[i].scrollIntoView({ block: 'nearest' });
};
addEventListener('click', e => {
  const p = palette();
  if (e.target.closest('[data-palette]') && p && !p.open) { p.showModal(); const i = p.querySelector('input'); i.value = ''; htmx.trigger(i, 'open'); }
  if (e.target === p) p.close();
  if (p?.open && e.target.closest('#pal-list a')) p.close();
  e.target.closest('[data-close]')?.closest('dialog')?.close();
  e.target.closest('[data-dismiss]')?.closest('[data-toast]')?.remove();
});
document.addEventListener('keydown', e => {
  if (!e.target.matches?.('#palette input') || e.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (step) { e.preventDefault(); pick(current() + step); }
  if (e.key === 'Enter') {
    e.preventDefault();
    const a = options()[Math.max(current(), 0)];
    if (a && (e.ctrlKey || e.metaKey) && a.href) open(a.href); else a?.click();
  }
});
// Menus are native popovers; this places them under their button where the
// browser cannot anchor them itself.
document.addEventListener('toggle', e => {
  const m = e.target; if (e.newState !== 'open' || !m.matches?.('.menu')) return;
  const b = document.querySelector(`[popovertarget="${CSS.escape(m.id)}"]`)?.getBoundingClientRect(); if (!b) return;
  m.style.left = Math.max(8, Math.min(b.left, innerWidth - m.offsetWidth - 8)) + 'px';
  m.style.top = (b.bottom + 4 + m.offsetHeight > innerHeight ? Math.max(8, b.top - 4 - m.offsetHeight) : b.bottom + 4) + 'px';
  m.querySelector('[autofocus],input,a,button')?.focus();
}, true);
const settle = () => {
  if (palette()?.open && current() < 0) pick(0);
  document.querySelectorAll('dialog[data-open]:not([open])').forEach(d => {
    const opener = document.activeElement;
    d.removeAttribute('data-open'); d.showModal();
    // This comes late: who went on stays where he is.
    d.addEventListener('close', () => { d.remove(); $(':focus') || opener?.focus(); });
    d.querySelector('[autofocus]')?.focus();
  });
  document.querySelectorAll('[data-toast]:not([data-t])').forEach(t => {
    t.dataset.t = 1;
    [...document.querySelectorAll('[data-toast]')].slice(0, -1).forEach(o => o.remove());
    let id = setTimeout(() => t.remove(), 8000);
    t.onpointerenter = t.onfocusin = () => clearTimeout(id);
    t.onpointerleave = () => id = setTimeout(() => t.remove(), 4000);
  });
};
document.addEventListener('htmx:after:swap', settle);
settle();
// A dialog's form that the server took (2xx) closes the dialog. Whether it stays is
// asked before: an answer that takes the form's place is the source afterwards.
document.addEventListener('htmx:before:request', e => { const c = e.detail?.ctx; if (c) { c.stay = 'stay' in (c.sourceElement?.dataset ?? {}); c.dialog = c.sourceElement?.closest?.('dialog'); } });
document.addEventListener('htmx:finally:request', e => {
  const c = e.detail?.ctx, d = c?.dialog;
  if (d && d.id !== 'palette' && c.request?.method !== 'GET' && c.response?.status < 400 && !c.stay) d.close();
});
