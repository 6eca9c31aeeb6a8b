// only: [data-tiles]
// Tiles of a dashboard are dragged to another place; buttons do the same.
let held;
const under = e => held && e.target.closest?.('[data-tiles] [data-tile]');
addEventListener('dragstart', e => { held = e.target.closest?.('[data-tile]'); if (held) e.dataTransfer.effectAllowed = 'move'; });
addEventListener('dragover', e => { if (under(e)) e.preventDefault(); });
addEventListener('dragend', () => held = null);
addEventListener('drop', e => {
  const to = under(e); if (!to || to === held) return;
  e.preventDefault();
  const form = held.querySelector('form');
  form.elements.to.value = to.dataset.tile;
  form.requestSubmit(form.querySelector('[data-to]'));
});
