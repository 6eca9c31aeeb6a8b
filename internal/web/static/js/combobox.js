// Combobox: a text input over a list that the server renders. The input keeps
// the focus; the list is a popover, so it stands above any dialog.
const box = t => t.closest?.('[data-combobox]');
const input = b => b.querySelector('[role=combobox]');
const list = b => b.querySelector('[role=listbox]');
const rows = b => [...list(b).querySelectorAll('[role=option]')];
const current = b => rows(b).findIndex(r => r.getAttribute('aria-selected') === 'true');
const held = b => b.querySelector('[data-was]')?.value ?? '';
const open = b => list(b).matches(':popover-open');

export const place = (i, l) => {
  if (!l.matches(':popover-open')) l.showPopover();
  const r = i.getBoundingClientRect();
  l.style.width = r.width + 'px';
  l.style.left = Math.max(8, Math.min(r.left, innerWidth - l.offsetWidth - 8)) + 'px';
  const below = innerHeight - r.bottom - 8;
  l.style.top = (below < l.offsetHeight && r.top > below ? Math.max(8, r.top - 4 - l.offsetHeight) : r.bottom + 4) + 'px';
};
const show = b => { place(input(b), list(b)); input(b).setAttribute('aria-expanded', 'true'); };
const hide = b => {
  if (open(b)) list(b).hidePopover();
  input(b).setAttribute('aria-expanded', 'false');
  input(b).removeAttribute('aria-activedescendant');
};
const mark = (b, n) => {
  const all = rows(b); if (!all.length) return;
  n = (n + all.length) % all.length;
  all.forEach((r, k) => { r.id = `${list(b).id}-${k}`; r.setAttribute('aria-selected', k === n); });
  input(b).setAttribute('aria-activedescendant', all[n].id);
  all[n].scrollIntoView({ block: 'nearest' });
};
// One question at a time; what was typed meanwhile is asked next.
const load = async b => {
  const i = input(b);
  if ('asking' in b.dataset) return;
  b.dataset.asking = '';
  let q;
  try {
    do {
      q = i.value;
      const text = q === held(b) ? '' : q;
      await htmx.ajax('GET', b.dataset.src + '&q=' + encodeURIComponent(text), { source: i, target: list(b), swap: 'innerHTML' });
    } while (q !== i.value && document.activeElement === i);
  } finally { delete b.dataset.asking; }
  if (document.activeElement !== i) return;
  show(b);
  if (i.value && i.value !== held(b)) mark(b, 0);
};
const changed = el => el.dispatchEvent(new Event('change', { bubbles: true }));
const fill = (b, id, title) => {
  const i = input(b);
  if ('many' in b.dataset) {
    const known = [...b.querySelectorAll('.pick input')].find(c => c.value === id);
    if (known) known.checked = true;
    else {
      const label = document.createElement('label'), check = document.createElement('input'), text = document.createElement('span');
      label.className = 'pick'; text.className = 'cut'; text.textContent = title;
      Object.assign(check, { type: 'checkbox', name: b.dataset.name, value: id, checked: true });
      label.append(check, text); i.before(label);
    }
    i.value = '';
  } else {
    b.querySelector('[data-id]').value = id; b.querySelector('[data-was]').value = title; i.value = title;
  }
  i.removeAttribute('aria-invalid');
  changed(i);
};
const choose = (b, row) => {
  const i = input(b);
  hide(b);
  if (row.dataset.create) {
    const text = i.value === held(b) ? '' : i.value;
    htmx.ajax('GET', `${row.dataset.create}&text=${encodeURIComponent(text)}&into=${encodeURIComponent(i.id)}`, { source: i, target: '#modal', swap: 'beforeend' });
    return;
  }
  fill(b, row.dataset.id, row.dataset.title);
  i.focus();
};

let wait;
document.addEventListener('input', e => {
  const b = e.target.matches?.('[role=combobox]') && box(e.target); if (!b) return;
  const id = b.querySelector('[data-id]');
  if (id && e.target.value !== held(b)) { id.value = ''; b.querySelector('[data-was]').value = ''; }
  clearTimeout(wait); wait = setTimeout(() => load(b), 120);
});
document.addEventListener('click', e => {
  const b = box(e.target);
  document.querySelectorAll('[data-combobox]').forEach(o => o !== b && open(o) && hide(o));
  if (!b) return;
  const row = e.target.closest('[role=option]');
  if (row) choose(b, row);
  else if (e.target === input(b) && !open(b)) load(b);
});
// A press in the list must not take the focus from the input.
document.addEventListener('mousedown', e => { if (e.target.closest?.('.opts')) e.preventDefault(); });
document.addEventListener('keydown', e => {
  const b = e.target.matches?.('[role=combobox]') && box(e.target);
  if (!b || e.isComposing || e.ctrlKey || e.metaKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (step) { e.preventDefault(); open(b) ? mark(b, current(b) < 0 && step < 0 ? -1 : current(b) + step) : load(b); }
  else if (e.key === 'Enter' && open(b) && current(b) >= 0) { e.preventDefault(); e.stopPropagation(); b.dataset.chose = ''; choose(b, rows(b)[current(b)]); }
  else if (e.key === 'Enter' && e.target.value && e.target.value !== held(b) && !open(b)) { e.preventDefault(); b.dataset.chose = ''; load(b); }
  else if (e.key === 'Escape' && open(b)) { e.preventDefault(); e.stopPropagation(); hide(b); }
  else if (e.key === 'Backspace' && 'many' in b.dataset && !e.target.value) {
    const last = [...b.querySelectorAll('.pick input:checked')].pop(); if (last) { last.checked = false; changed(last); }
  }
}, true);
// The Enter that chose something does not send the form as well.
document.addEventListener('keypress', e => { const b = e.key === 'Enter' && box(e.target); if (b && 'chose' in b.dataset) e.preventDefault(); });
document.addEventListener('keyup', e => { const b = box(e.target); if (b) delete b.dataset.chose; });
document.addEventListener('focusout', e => {
  const b = e.target.matches?.('[role=combobox]') && box(e.target);
  if (b && open(b) && !b.contains(e.relatedTarget)) hide(b);
});
addEventListener('scroll', e => document.querySelectorAll('[data-combobox]').forEach(b => open(b) && e.target !== list(b) && hide(b)), true);
// What a dialog on top has made fills the combobox that asked for it.
document.addEventListener('htmx:after:swap', () => document.querySelectorAll('[data-filled]').forEach(m => {
  const i = document.getElementById(m.dataset.filled), b = i && box(i);
  if (b) { fill(b, m.dataset.id, m.dataset.title); i.focus(); }
  m.remove();
}));
