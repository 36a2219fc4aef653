// Runs before the first paint, so that a chosen theme never flashes. The switch itself is in theme.js.
try {
  const chosen = localStorage.getItem("phone.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch { /* storage is off: the system's theme stays */ }
