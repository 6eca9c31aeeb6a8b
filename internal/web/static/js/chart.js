// only: [data-tip]
// What a mark of a chart says, beside it: under the mouse and on focus.
let tip;
const show = e => {
  const m = e.target.closest?.('[data-tip]');
  if (!m) { hide(); return; }
  if (!tip?.isConnected) { tip = document.createElement('div'); tip.id = 'tip'; tip.setAttribute('aria-hidden', 'true'); document.body.append(tip); }
  tip.textContent = m.dataset.tip; tip.hidden = false;
  const r = m.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(r.left + r.width / 2 - tip.offsetWidth / 2, innerWidth - tip.offsetWidth - 4)) + 'px';
  tip.style.top = (r.top - tip.offsetHeight - 6 < 4 ? r.bottom + 6 : r.top - tip.offsetHeight - 6) + 'px';
};
const hide = () => { if (tip) tip.hidden = true; };
document.addEventListener('pointerover', show);
document.addEventListener('focusin', show);
document.addEventListener('focusout', hide);
// The mark that has the focus keeps its words, also while it is scrolled into view.
document.addEventListener('scroll', () => document.activeElement?.matches('[data-tip]') ? show({ target: document.activeElement }) : hide(), true);
document.addEventListener('keydown', e => { if (e.key === 'Escape') hide(); });
// A long time shows its end first; a table begins with the names of its lines.
const ends = () => document.querySelectorAll('.ch-sc:not([data-end],:has(table))').forEach(x => { x.dataset.end = ''; x.scrollLeft = x.scrollWidth; });
document.addEventListener('htmx:after:swap', ends);
ends();
