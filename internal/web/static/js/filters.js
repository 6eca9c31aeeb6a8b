// The menus over a list: a box narrows the fields to those with its letters,
// the arrows walk them, and leaving a menu returns to where it was opened.
import { typing } from './keys.js';
const items = pop => [...pop.querySelectorAll('.flist a, .flist button')].filter(x => x.checkVisibility());
document.addEventListener('input', e => {
  const box = e.target.closest?.('[data-narrow]'); if (!box) return;
  const fold = s => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase(), words = fold(box.value);
  box.closest('.fpop').querySelectorAll('.flist a, .flist button').forEach(a => { a.hidden = !fold(a.textContent).includes(words); });
});
document.addEventListener('keydown', e => {
  const pop = e.target.closest?.('.fpop'); if (!pop || e.isComposing) return;
  const all = items(pop), at = all.indexOf(e.target), step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (step && all.length && (at >= 0 || e.target.matches('[data-narrow]'))) { e.preventDefault(); all[(at + step + all.length) % all.length]?.focus(); }
  if (e.key === 'Enter' && e.target.matches('[data-narrow]')) { e.preventDefault(); all[0]?.click(); }
});
// The box over the list searches while one types, and Escape leaves it.
let timer;
document.addEventListener('input', e => {
  const box = e.target.closest?.('#find'); if (!box) return;
  clearTimeout(timer); timer = setTimeout(() => { if (box.isConnected) box.form.requestSubmit(); }, 350);
});
document.addEventListener('keydown', e => { if (e.key === 'Escape' && e.target.id === 'find' && typing(e.target)) e.target.blur(); });
// A tab or a heading that was pressed keeps the focus when the page comes anew;
// the heading gets it only when one really went elsewhere.
let keep = '';
document.addEventListener('htmx:before:request', e => {
  const a = document.activeElement;
  if (e.detail?.ctx?.target?.id === 'main') keep = a?.closest?.('.vbar, .vtabs, #list thead') && a.id ? a.id : '';
});
document.addEventListener('htmx:after:swap', e => {
  if (e.detail?.ctx?.target?.id !== 'main' || !keep) return;
  const id = keep; keep = '';
  queueMicrotask(() => document.getElementById(id)?.focus({ preventScroll: true }));
});
