// only: .dz-find,[data-dz-field]
// Fields in settings: the list narrows while one types, and a field is dragged
// to another place of the layout. Both have plain ways beside them.
const fold = s => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
addEventListener('input', e => {
  const form = e.target.closest('.dz-find'); if (!form) return;
  const text = fold(form.querySelector('[data-dz-find]').value), own = form.querySelector('[data-dz-custom]').checked;
  document.querySelectorAll('.dz-row[data-find]').forEach(r => r.hidden = !r.dataset.find.includes(text) || own && !('custom' in r.dataset));
});
let held;
const apart = x => x.closest('[data-dz-apart]');
const spot = e => { const to = held && e.target.closest?.('[data-dz-field], [data-dz-group]'); return to && apart(to) === apart(held) ? to : null; };
const clear = () => document.querySelectorAll('.dz-row.over').forEach(r => r.classList.remove('over'));
addEventListener('dragstart', e => { held = e.target.closest?.('[data-dz-field]'); if (held) e.dataTransfer.effectAllowed = 'move'; });
addEventListener('dragover', e => { const to = spot(e); if (to) { e.preventDefault(); clear(); to.classList.add('over'); } });
addEventListener('dragend', () => { clear(); held = null; });
addEventListener('drop', e => {
  const to = spot(e); if (!to) return;
  e.preventDefault(); clear();
  const form = held.querySelector('form'), select = form.elements.group, o = document.createElement('option');
  o.value = to.closest('[data-dz-group]').dataset.dzGroup + (to.dataset.dzField ? '/' + to.dataset.dzField : '');
  select.append(o); o.selected = true;
  form.requestSubmit(form.querySelector('[value=to]'));
});
