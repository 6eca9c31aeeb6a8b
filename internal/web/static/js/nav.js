// After a boosted link: the side bar shows where we are, focus goes to the
// heading, and lists answer J, K and X.
const here = () => location.pathname + location.search;
const mark = () => {
  const links = [...document.querySelectorAll('.side a.nav, .tabbar a')];
  const at = h => h === here() || h === location.pathname || (h !== '/' && location.pathname.startsWith(h + '/'));
  const best = links.filter(a => at(a.getAttribute('href')) || a.dataset.also?.split(' ').some(at))
    .sort((a, b) => b.getAttribute('href').length - a.getAttribute('href').length)[0]?.getAttribute('href');
  links.forEach(a => a.getAttribute('href') === best ? a.setAttribute('aria-current', 'page') : a.removeAttribute('aria-current'));
};
document.addEventListener('htmx:after:swap', e => {
  if (e.detail?.ctx?.target?.id !== 'main') return;
  mark();
  const h = document.querySelector('#main h1');
  if (h) { h.tabIndex = -1; h.focus({ preventScroll: true }); }
});
addEventListener('popstate', () => setTimeout(mark));
// Back and forward find a page scrolled as it was left; the entry of the
// history remembers it.
const scrollers = () => [...document.querySelectorAll('.mainc,.aside,.scroll,.tbl-wrap,.board')];
let soon = 0, back = null;
const keep = () => { if (!back) history.replaceState({ ...history.state, at: scrollers().map(x => [x.scrollTop, x.scrollLeft]) }, ''); };
addEventListener('scroll', () => { clearTimeout(soon); soon = setTimeout(keep, 120); }, true);
document.addEventListener('htmx:after:history:update', e => { if (e.detail?.history?.type === 'replace') keep(); });
document.addEventListener('htmx:before:history:restore', () => { back = history.state?.at ?? []; });
document.addEventListener('htmx:after:swap', e => {
  if (!back || e.detail?.ctx?.target !== document.body) return;
  scrollers().forEach((x, i) => { if (back[i]) [x.scrollTop, x.scrollLeft] = back[i]; });
  back = null;
});
// Rows: J and K go up and down, Enter opens, X selects.
const rows = () => [...document.querySelectorAll('[data-row]')].filter(r => r.checkVisibility());
addEventListener('keydown', e => {
  if (e.defaultPrevented || e.isComposing || e.ctrlKey || e.metaKey || e.altKey || document.querySelector('dialog[open]')) return;
  if (e.target.closest?.('input:not([type=checkbox]),textarea,select,[contenteditable]') || document.documentElement.dataset.nokeys) return;
  const all = rows(); if (!all.length) return;
  const at = all.findIndex(r => r.classList.contains('kb'));
  const step = { j: 1, k: -1 }[e.key];
  if (step) {
    e.preventDefault();
    const to = all[Math.max(0, Math.min(all.length - 1, at + step))];
    all[at]?.classList.remove('kb'); to.classList.add('kb'); to.scrollIntoView({ block: 'nearest' });
    to.querySelector('a')?.focus({ preventScroll: true });
  }
  if (e.key === 'x' && at >= 0) { e.preventDefault(); all[at].querySelector('input[type=checkbox]')?.click(); }
});
