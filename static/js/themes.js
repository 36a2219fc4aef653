// The choice of theme in the account menu; the inbox page reads the same two entries of this browser's storage.

function choose(theme) {
  try {
    localStorage.setItem("parley:theme", JSON.stringify(theme));
    const prefs = JSON.parse(localStorage.getItem("parley:prefs")) ?? {};
    localStorage.setItem("parley:prefs", JSON.stringify({ ...prefs, theme }));
  } catch { /* not remembered, but shown */ }
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function showThemes(root) {
  const group = root.querySelector("[data-themes]");
  if (!group) return;
  group.hidden = false;
  const current = document.documentElement.dataset.theme ?? "system";
  for (const input of group.querySelectorAll("input")) {
    input.checked = input.value === current;
    input.addEventListener("change", () => choose(input.value));
  }
}
