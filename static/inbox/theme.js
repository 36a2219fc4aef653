// Runs before the first paint, so that what somebody chose never flashes; each later choice runs it again.
globalThis.dress = ({ theme, density, size }) => {
  const { dataset } = document.documentElement;
  const choose = (name, value, known) => { if (known.includes(value)) dataset[name] = value; else delete dataset[name]; };
  choose("theme", theme, ["light", "dark"]);
  choose("density", density, ["compact"]);
  choose("size", size, ["small", "large"]);
};
try {
  const kept = (key) => JSON.parse(localStorage.getItem(key));
  globalThis.dress({ ...kept("parley:prefs"), theme: kept("parley:theme") });
} catch { /* no storage: the system decides */ }
