// Pages of records: what a change elsewhere asks them to load again, tabs, the
// peek sheet, files by button and drop.
const here = () => location.pathname + location.search;
const panel = (url, swap) => htmx.ajax('GET', url, { target: '#main', swap, headers: { 'HX-Boosted': 'true', 'HX-Target': 'main#main' } });
document.addEventListener('wellmet:refresh', () => {
  const at = [...document.querySelectorAll('.mainc,.aside,.scroll,.tbl-wrap,.board')].map(x => [x.className, x.scrollTop, x.scrollLeft]);
  panel(here(), 'innerHTML')?.then?.(() => at.forEach(([name, top, left]) => {
    const x = document.getElementsByClassName(name)[0];
    if (x) { x.scrollTop = top; x.scrollLeft = left; }
  }));
});
document.addEventListener('wellmet:go', e => {
  history.pushState({}, '', e.detail.to);
  panel(e.detail.to, 'innerHTML');
});
document.addEventListener('htmx:after:swap', () => {
  const open = document.getElementById('r-panel')?.dataset.tab;
  if (open) document.querySelectorAll('#r-tabs [data-tab]').forEach(a => a.dataset.tab === open ? a.setAttribute('aria-current', 'page') : a.removeAttribute('aria-current'));
});
// A path that is wider than the window begins at where the record stands.
const step = () => document.querySelectorAll('.path').forEach(p => {
  const at = p.querySelector('[aria-current]');
  if (at) p.scrollLeft = at.offsetLeft - p.offsetLeft - 40;
});
document.addEventListener('htmx:after:swap', step); step();
// On a phone the side panel is the second tab.
document.addEventListener('click', e => {
  const b = e.target.closest?.('#r-tabs a,#r-tabs [data-side]'); if (!b) return;
  const side = 'side' in b.dataset;
  b.closest('.rec').classList.toggle('sided', side);
  document.querySelector('#r-tabs [data-side]').setAttribute('aria-pressed', side);
});
// Peek: Alt and a click on any link to a record, Space on a row of a list.
const peek = a => {
  const url = a && new URL(a.href, location.href);
  if (!url || url.origin !== location.origin || !/^\/[a-z_0-9]+\/\d+$/.test(url.pathname)) return false;
  htmx.ajax('GET', url.pathname + '/peek', { target: '#modal', swap: 'beforeend' });
  return true;
};
addEventListener('click', e => {
  if (e.altKey && peek(e.target.closest?.('a[href]'))) { e.preventDefault(); e.stopPropagation(); }
}, true);
document.addEventListener('keydown', e => {
  if (e.key !== ' ' || e.defaultPrevented || e.isComposing || document.querySelector('dialog[open]') || document.documentElement.dataset.nokeys) return;
  const row = e.target.closest?.('[data-row]') ?? (e.target === document.body && document.querySelector('[data-row].kb'));
  if (row && !e.target.closest('input,button,select,textarea,[data-board]') && peek(row.querySelector('a[href]'))) e.preventDefault();
});
export const toast = text => {
  const t = document.createElement('div');
  t.className = 'toast'; t.dataset.toast = ''; t.textContent = text;
  document.getElementById('toasts').append(t);
  document.dispatchEvent(new CustomEvent('htmx:after:swap'));
};
// A menu closes once something of it was chosen.
document.addEventListener('click', e => { const b = e.target.closest?.('.menu:not(.fpop) button:not([popovertarget]),.menu:not(.fpop) a'); b?.closest('[popover]')?.hidePopover(); });
const send = input => {
  const form = input.form, err = form.querySelector('.err'), large = [...input.files].some(f => f.size > +input.dataset.max);
  err.hidden = !large; err.textContent = large ? input.dataset.large : '';
  if (input.files.length && !large) form.requestSubmit();
};
document.addEventListener('change', e => { if (e.target.matches?.('[data-upload]')) send(e.target); });
const zone = e => [...(e.dataTransfer?.types ?? [])].includes('Files') && e.target.closest?.('[data-drop="1"]');
document.addEventListener('dragover', e => { const z = zone(e); if (z) { e.preventDefault(); z.classList.add('over'); } });
document.addEventListener('dragleave', e => { const z = e.target.closest?.('[data-drop]'); if (z && !z.contains(e.relatedTarget)) z.classList.remove('over'); });
document.addEventListener('drop', e => {
  const z = zone(e); if (!z) return;
  e.preventDefault(); z.classList.remove('over');
  const input = z.querySelector('[data-upload]');
  if (input) { input.files = e.dataTransfer.files; send(input); }
});
