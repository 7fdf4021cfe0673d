// Before the first paint: the theme that was chosen here. Dark where none was, whatever the system says.
try {
  if (localStorage.getItem('marquee:theme') === 'light') document.documentElement.dataset.theme = 'light';
} catch {
  // Storage is switched off: the first theme it is.
}
