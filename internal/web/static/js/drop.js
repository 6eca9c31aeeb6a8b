// Mails that are dropped anywhere on a record's page, or chosen, are kept on it.
const send = (form, files) => {
  const input = form.querySelector('[data-mail-file]');
  if (files) input.files = files;
  if (input.files.length) form.requestSubmit();
};
const target = e => [...(e.dataTransfer?.types ?? [])].includes('Files') && !e.target.closest?.('[data-drop="1"]') && document.querySelector('form[data-mail]');
document.addEventListener('change', e => { if (e.target.matches?.('[data-mail-file]')) send(e.target.form); });
document.addEventListener('dragover', e => { const f = target(e); if (f) { e.preventDefault(); f.classList.add('over'); } });
document.addEventListener('dragleave', e => { if (!e.relatedTarget) document.querySelector('form[data-mail]')?.classList.remove('over'); });
document.addEventListener('drop', e => {
  const f = target(e); if (!f) return;
  e.preventDefault(); f.classList.remove('over'); send(f, e.dataTransfer.files);
});
document.addEventListener('htmx:finally:request', e => { const f = e.detail?.ctx?.sourceElement; if (f?.matches?.('form[data-mail]')) f.reset(); });
