// only: [data-board]
// The menu "Move to…" of a card: its button, or S.
import { lists, spot, say, commit, holding, leads } from './board.js';
let chosen;
const choose = li => {
  const m = document.getElementById('moveto'), b = li.querySelector('[data-move]').getBoundingClientRect();
  chosen = li;
  m.querySelectorAll('[data-to]').forEach(x => {
    const to = lists().find(l => l.dataset.stage === x.dataset.to);
    x.disabled = !to || to === li.parentElement || !leads(li.parentElement, to);
  });
  m.showPopover();
  m.style.left = Math.max(8, Math.min(b.left, innerWidth - m.offsetWidth - 8)) + 'px';
  m.style.top = Math.max(8, Math.min(b.bottom + 4, innerHeight - m.offsetHeight - 8)) + 'px';
  m.querySelector('[data-to]:enabled')?.focus();
};
document.addEventListener('click', e => {
  const li = e.target.closest?.('[data-board] li[data-id]'), to = e.target.closest?.('#moveto [data-to]');
  if (li && e.target.closest('[data-move]')) { e.preventDefault(); choose(li); }
  if (!to || !chosen?.isConnected) return;
  document.getElementById('moveto').hidePopover();
  const from = spot(chosen), list = lists().find(l => l.dataset.stage === to.dataset.to);
  list.prepend(chosen); chosen.querySelector('a').focus(); say('Dropped', chosen); commit(chosen, from);
});

document.addEventListener('keydown', e => {
  const li = e.target.closest?.('[data-board] li[data-id]');
  if (!li || e.key.toLowerCase() !== 's' || e.ctrlKey || e.metaKey || e.altKey || holding() || 'fixed' in li.dataset || document.documentElement.dataset.nokeys) return;
  e.preventDefault(); choose(li);
});
