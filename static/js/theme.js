// Runs before the first paint, as a plain script: the theme this person chose for this browser, if any.
(() => {
  try {
    const theme = JSON.parse(localStorage.getItem("parley:theme"));
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch { /* storage is forbidden here: the system's theme it is */ }
})();
