// only: [data-drop],[data-poll]
// A file dropped on its place, or chosen there, is named before it is sent; the
// button says that it is on its way.
const zone = e => e.target.closest?.('[data-drop]');
const named = z => {
  const f = z.querySelector('input[type=file]').files[0], note = z.querySelector('[data-chosen]');
  if (f && note) note.textContent = f.name;
};
document.addEventListener('dragover', e => { const z = zone(e); if (z) { e.preventDefault(); z.classList.add('over'); } });
document.addEventListener('dragleave', e => zone(e)?.classList.remove('over'));
document.addEventListener('drop', e => {
  const z = zone(e); if (!z) return;
  e.preventDefault(); z.classList.remove('over');
  if (e.dataTransfer.files.length) { z.querySelector('input[type=file]').files = e.dataTransfer.files; named(z); }
});
document.addEventListener('change', e => { const z = zone(e); if (z) named(z); });
document.addEventListener('submit', e => {
  const b = e.target.closest?.('[data-upload]')?.querySelector('[data-busy]');
  if (b) { b.setAttribute('aria-disabled', 'true'); b.textContent = b.dataset.busy; }
});
