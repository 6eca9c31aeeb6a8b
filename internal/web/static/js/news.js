// only: [data-news]
// The page of a record hears that it has changed and asks for what is new. The
// answer leaves alone what is being edited here.
document.addEventListener('wellmet:live', e => {
  const at = e.target.closest?.('[data-news]');
  if (at && e.detail.some(h => !h.ids || h.ids.includes(at.dataset.record))) htmx.ajax('GET', at.dataset.news, { source: at, swap: 'none' });
});
