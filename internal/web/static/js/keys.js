// Keys press what carries data-key on the page: "c", "g d", "mod+k". Plain
// letters never fire while somebody types, during composition, in dialogs, or
// when they are switched off.
let chord = '', timer;
// A control in a layer that just closed may still have the focus for a moment.
export const typing = t => t.closest?.('input:not([type=checkbox]),textarea,select,[contenteditable]') && t.checkVisibility();
const name = e => (e.ctrlKey || e.metaKey ? 'mod+' : '') + (e.altKey ? 'alt+' : '') + (e.shiftKey && e.key.length > 1 ? 'shift+' : '') + e.key.toLowerCase();
const all = () => [...document.querySelectorAll('[data-key]')].filter(x => x.checkVisibility());
const has = (x, k) => x.dataset.key.split('|').includes(k);

addEventListener('keydown', e => {
  if (e.isComposing || e.defaultPrevented) return;
  const k = name(e), mod = k.startsWith('mod+');
  if (mod && k === 'mod+enter') { const f = e.target.form ?? e.target.closest?.('form'); if (f) { e.preventDefault(); f.requestSubmit(); } return; }
  if (typing(e.target) && !mod) return;
  if (k === 'mod+z') {
    if (typing(e.target)) return;
    const undo = [...document.querySelectorAll('[data-undo]')].pop();
    e.preventDefault();
    undo ? undo.click() : htmx.ajax('POST', '/undo/last', { swap: 'none' });
    return;
  }
  if (!mod && document.documentElement.dataset.nokeys) return;
  const seq = chord ? chord + ' ' + k : k;
  chord = ''; clearTimeout(timer);
  if (document.querySelector('dialog[open]') && !mod) return;
  const found = all().find(x => has(x, seq));
  if (found) { e.preventDefault(); found.matches('input,textarea,select') ? found.focus() : found.click(); return; }
  if (all().some(x => x.dataset.key.split('|').some(y => y.startsWith(seq + ' ')))) { chord = seq; timer = setTimeout(() => chord = '', 900); }
});
