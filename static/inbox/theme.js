// Runs before the first paint, so that what somebody chose never flashes and no pane moves; each later choice runs it again.
globalThis.dress = ({ theme, density, size, listWidth, sideWidth }) => {
  const { dataset, style } = document.documentElement;
  const choose = (name, value, known) => { if (known.includes(value)) dataset[name] = value; else delete dataset[name]; };
  choose("theme", theme, ["light", "dark"]);
  choose("density", density, ["compact"]);
  choose("size", size, ["small", "large"]);
  for (const [name, px] of [["--list", listWidth], ["--side", sideWidth]]) if (px > 0) style.setProperty(name, `${Number(px)}px`);
};
try {
  const kept = (key) => JSON.parse(localStorage.getItem(key));
  globalThis.dress({ ...kept("parley:prefs"), theme: kept("parley:theme") });
} catch { /* no storage: the system decides */ }
