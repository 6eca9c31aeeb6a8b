// only: [data-zones]
// Time zones: the browser knows them all, and which one it is in.
const fill = () => {
  document.querySelectorAll('input[data-zones]:not([list])').forEach(i => {
    if (!document.getElementById('zones')) {
      const d = document.createElement('datalist'); d.id = 'zones';
      for (const z of Intl.supportedValuesOf('timeZone')) d.append(new Option(z, z));
      document.body.append(d);
    }
    i.setAttribute('list', 'zones');
    if ('guess' in i.dataset) i.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  });
};
document.addEventListener('htmx:after:swap', fill);
fill();
