// Lists: rows are selected by box, X, Shift and a click; the bar below says how
// many. The selection is the boxes' own state, so that it needs no memory.
import { typing } from './keys.js';
const list = () => document.getElementById('list');
const boxes = () => [...(list()?.querySelectorAll('tbody input[name=id]') ?? [])];
const all = () => document.getElementById('bulk-all');
let last = null;

const show = () => {
  const l = list(); if (!l) return;
  const every = boxes(), on = every.filter(b => b.checked), head = l.querySelector('[data-all]'), rest = l.querySelector('[data-select-all]');
  every.forEach(b => b.closest('tr').setAttribute('aria-selected', b.checked));
  if (head) { head.checked = on.length > 0 && on.length === every.length; head.indeterminate = on.length > 0 && on.length < every.length; }
  if (on.length < every.length && all()) all().checked = false;
  const n = all()?.checked && rest ? rest.textContent.match(/[\d.,\u00a0\u202f  ]*\d\+?/)?.[0].trim() : on.length;
  l.querySelector('[data-selected]')?.replaceChildren(l.querySelector('[data-selected]').dataset.selected.replace('{n}', n));
  l.querySelector('[data-pair]')?.toggleAttribute('hidden', on.length !== 2);
  if (rest) rest.hidden = all().checked || on.length < every.length || +rest.dataset.selectAll <= every.length;
};
const set = (b, on) => { b.checked = on; };
const none = () => { boxes().forEach(b => set(b, false)); if (all()) all().checked = false; show(); };

document.addEventListener('click', e => {
  const box = e.target.closest?.('#list input[name=id]');
  if (box) {
    const every = boxes(), at = every.indexOf(box), from = every.indexOf(last);
    if (e.shiftKey && from >= 0) every.slice(Math.min(at, from), Math.max(at, from) + 1).forEach(b => set(b, box.checked));
    last = box; show(); return;
  }
  if (e.target.matches?.('#list [data-all]')) { boxes().forEach(b => set(b, e.target.checked)); show(); }
  if (e.target.closest?.('[data-select-all]')) { all().checked = true; show(); }
  if (e.target.closest?.('[data-unselect]')) none();
});

const link = tr => tr?.querySelector('.nm a')?.getAttribute('href');
const edit = td => {
  const href = link(td.closest('tr'));
  if (href && !td.querySelector('form')) htmx.ajax('GET', `${href}/f/${td.dataset.f}/edit`, { source: td, target: td, swap: 'innerHTML' });
};
document.addEventListener('dblclick', e => { const td = e.target.closest?.('#list td[data-f]'); if (td) edit(td); });
addEventListener('keydown', e => {
  if (!list() || e.defaultPrevented || e.isComposing || document.querySelector('dialog[open]') || typing(e.target)) return;
  if ((e.ctrlKey || e.metaKey) && e.key === 'a') { e.preventDefault(); boxes().forEach(b => set(b, true)); show(); return; }
  if (e.key === 'Escape' && boxes().some(b => b.checked) && !document.querySelector('[popover]:popover-open')) { none(); return; }
  if (e.ctrlKey || e.metaKey || e.altKey || document.documentElement.dataset.nokeys) return;
  const row = list().querySelector('tr.kb'), td = e.target.closest?.('td[data-f]');
  if (e.key === 'X' && row) { e.preventDefault(); row.querySelector('input[name=id]')?.dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: true })); }
  if (td && (e.key === 'Enter' || e.key === 'e' || e.key === 'F2')) { e.preventDefault(); edit(td); return; }
  if (row && (e.key === 'e' || e.key === 'F2')) { e.preventDefault(); const first = row.querySelector('td[data-f]'); if (first) { first.tabIndex = -1; first.focus(); } }
  const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (td && step) {
    const cells = [...td.closest('tr').querySelectorAll('td[data-f]')], to = cells[cells.indexOf(td) + step];
    if (to) { e.preventDefault(); to.tabIndex = -1; to.focus(); to.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }
  }
});
// Rows that come by scrolling belong to all that were selected.
document.addEventListener('htmx:after:swap', () => { if (all()?.checked) boxes().forEach(b => set(b, true)); show(); });
// A cell that was edited shows its value again as a cell.
document.addEventListener('htmx:after:swap', () => {
  const f = list()?.querySelector('td[data-f] .fld:not(.editing)'), td = f?.closest('td'); if (!td) return;
  const l = list(), url = l.dataset.rows + (l.dataset.rows.includes('?') ? '&' : '?');
  f.classList.add('editing'); td.tabIndex = -1;
  htmx.ajax('GET', `${url}part=cell&f=${td.dataset.f}&id=${td.closest('tr').querySelector('[name=id]').value}`, { source: td, target: td, swap: 'innerHTML' });
  td.focus();
});
show();
