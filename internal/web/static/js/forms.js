// Forms: nothing typed is lost by leaving, nothing is sent twice, and dates
// can be picked from the browser's calendar.
const dirty = within => [...(within ?? document).querySelectorAll('form[data-guard][data-dirty]')];
const stay = forms => forms.length > 0 && !confirm(forms[0].dataset.guard);

const touch = e => {
  const f = e.target.closest?.('form[data-guard]'), field = e.target.closest?.('.lf');
  if (f) f.dataset.dirty = '';
  if (field) { field.querySelector('p.err')?.remove(); field.querySelectorAll('[aria-invalid]').forEach(x => x.removeAttribute('aria-invalid')); }
};
document.addEventListener('input', touch);
document.addEventListener('change', touch);
// A form on its way is no longer in danger; one that is refused comes back with
// the mark set by the server.
document.addEventListener('submit', e => { if (e.target.matches('form[data-guard]')) { e.target.dataset.sent = ''; } });
addEventListener('beforeunload', e => { if (dirty().some(f => !('sent' in f.dataset))) e.preventDefault(); });
document.addEventListener('htmx:before:request', e => {
  const c = e.detail?.ctx, from = c?.sourceElement;
  const leaving = c?.request?.method === 'GET' && (c.target === document.getElementById('main') || c.target === '#main');
  if (leaving && !from?.matches?.('form[data-guard]') && stay(dirty(document.getElementById('main')).filter(f => !('sent' in f.dataset)))) e.preventDefault();
  if (from?.matches?.('form')) from.querySelectorAll('button:not([type=button])').forEach(b => { b.disabled = true; });
});
document.addEventListener('htmx:finally:request', e => {
  const from = e.detail?.ctx?.sourceElement;
  if (!from?.matches?.('form')) return;
  from.querySelectorAll('button:not([type=button])').forEach(b => { b.disabled = false; });
  if (!(e.detail.ctx.response?.status < 400)) delete from.dataset.sent;
});
// Closing a dialog with something typed in it asks first.
document.addEventListener('click', e => {
  const d = e.target.closest?.('[data-close]')?.closest('dialog');
  if (d && stay(dirty(d))) { e.preventDefault(); e.stopImmediatePropagation(); }
}, true);
document.addEventListener('cancel', e => { if (e.target.matches?.('dialog') && stay(dirty(e.target))) e.preventDefault(); }, true);
// A click is for what was below the pointer when it went down, though an answer
// that comes before it goes up again moves things.
let down;
document.addEventListener('pointerdown', e => { down = e.button === 0 && e.target.closest?.('button,a') ? e : null; }, true);
document.addEventListener('pointerup', e => {
  const of = down?.target.closest('button,a'), near = down && Math.hypot(e.clientX - down.clientX, e.clientY - down.clientY) < 5;
  down = null;
  if (near && of.isConnected && !of.contains(document.elementFromPoint(e.clientX, e.clientY))) of.click();
}, true);

// The calendar of the browser writes into the text beside it.
document.addEventListener('click', e => {
  const day = e.target.closest?.('[data-calendar]')?.parentElement.querySelector('[data-day]');
  if (day) { try { day.showPicker(); } catch { document.getElementById(day.dataset.day).focus(); } }
});
document.addEventListener('change', e => {
  if (!e.target.matches?.('[data-day]')) return;
  const to = document.getElementById(e.target.dataset.day);
  to.value = e.target.value; to.focus();
  for (const kind of ['input', 'change']) to.dispatchEvent(new Event(kind, { bubbles: true }));
});
// A refused form shows what is wrong first.
document.addEventListener('htmx:after:swap', () => {
  const f = document.querySelector('form[data-refused]'); if (!f) return;
  delete f.dataset.refused;
  (f.querySelector('[data-summary]') ?? f.querySelector('[aria-invalid]'))?.focus();
});
