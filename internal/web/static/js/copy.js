// only: [data-copy],[data-copy-from]
// What is to be passed on goes to the clipboard: a path of this site, or what a
// control holds. Without HTTPS browsers give no clipboard, but copy a selection.
import { toast } from './record.js';
const put = async text => {
  try { return await navigator.clipboard.writeText(text); } catch { /* the other way */ }
  const at = document.activeElement, t = document.createElement('textarea');
  t.value = text;
  (document.querySelector('dialog[open]') ?? document.body).append(t);
  t.select(); document.execCommand('copy'); t.remove();
  at?.focus();
};
document.addEventListener('click', async e => {
  const b = e.target.closest?.('[data-copy],[data-copy-from]'); if (!b) return;
  const from = document.getElementById(b.dataset.copyFrom);
  from?.select();
  await put(from ? from.value : location.origin + b.dataset.copy);
  b.closest('[popover]')?.hidePopover();
  if (!from) return toast(b.dataset.said);
  document.getElementById('live').textContent = b.dataset.copied;
  b.lastChild.textContent = b.dataset.copied;
});
