// only: textarea[data-mention]
// A name behind an @: colleagues are looked up while it is typed, and the one who
// is chosen is written out. His id goes along, for two of the same name.
import { place } from './combobox.js';
const field = t => t.matches?.('textarea[data-mention]') ? t : null;
const list = t => t.form.querySelector('[data-mentions]');
const rows = t => [...list(t).querySelectorAll('[role=option]')];
const open = t => list(t).matches(':popover-open');
const typed = t => /(?:^|[^\p{L}\p{N}]|\p{sc=Han})@([\p{L}\p{N}.'’-]*(?: [\p{L}\p{N}.'’-]+)?)$/u.exec(t.value.slice(0, t.selectionStart))?.[1];
const hide = t => { if (open(t)) list(t).hidePopover(); t.removeAttribute('aria-activedescendant'); };
const mark = (t, n) => {
  const all = rows(t); n = (n + all.length) % all.length;
  all.forEach((r, k) => { r.id = `${list(t).id}-${k}`; r.setAttribute('aria-selected', k === n); });
  t.setAttribute('aria-activedescendant', all[n].id);
  all[n].scrollIntoView({ block: 'nearest' });
};
const current = t => rows(t).findIndex(r => r.getAttribute('aria-selected') === 'true');
const choose = (t, row) => {
  const at = t.selectionStart, name = `@${row.dataset.title} `;
  t.setRangeText(name, at - typed(t).length - 1, at, 'end');
  const id = Object.assign(document.createElement('input'), { type: 'hidden', name: 'mention', value: row.dataset.id });
  t.form.append(id);
  hide(t); t.focus();
  t.dispatchEvent(new Event('input', { bubbles: true }));
};
const look = async t => {
  const q = typed(t);
  if (q === undefined) return hide(t);
  await htmx.ajax('GET', '/members/options?q=' + encodeURIComponent(q), { source: list(t), target: list(t), swap: 'innerHTML' });
  if (document.activeElement !== t || typed(t) !== q || !rows(t).length) return hide(t);
  place(t, list(t)); mark(t, 0);
};
let soon;
document.addEventListener('input', e => { const t = field(e.target); if (t) { clearTimeout(soon); soon = setTimeout(look, 120, t); } });
document.addEventListener('keydown', e => {
  const t = field(e.target);
  if (!t || !open(t) || e.isComposing || e.ctrlKey || e.metaKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (step) mark(t, current(t) + step);
  else if (e.key === 'Enter' || e.key === 'Tab') { t.dataset.chose = ''; choose(t, rows(t)[current(t)]); }
  else if (e.key === 'Escape') hide(t);
  else return;
  e.preventDefault(); e.stopPropagation();
}, true);
// The Enter that chose somebody begins no line.
document.addEventListener('keypress', e => { if (e.key === 'Enter' && field(e.target) && 'chose' in e.target.dataset) e.preventDefault(); });
document.addEventListener('keyup', e => { if (field(e.target)) delete e.target.dataset.chose; });
document.addEventListener('click', e => {
  const row = e.target.closest?.('[data-mentions] [role=option]');
  if (row) choose(row.closest('form').querySelector('textarea[data-mention]'), row);
});
document.addEventListener('focusout', e => { const t = field(e.target); if (t) hide(t); });
