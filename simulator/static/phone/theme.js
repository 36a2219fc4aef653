// Light, dark or as the system says. theme-first.js has already set a stored choice before the first paint.
import { signal } from "@preact/signals";
import { html } from "./html.js";
import { IconButton } from "./icon.js";

const KEPT = "phone.theme";
const NEXT = { system: "light", light: "dark", dark: "system" };
const ICONS = { system: "monitor", light: "sun", dark: "moon" };

const theme = signal(document.documentElement.dataset.theme ?? "system");

function choose(name) {
  theme.value = name;
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  try {
    localStorage.setItem(KEPT, name);
  } catch { /* storage is off: the choice lasts as long as the page */ }
}

export function ThemeButton() {
  const words = `Theme: ${theme.value}. Change to ${NEXT[theme.value]}`;
  return html`<${IconButton} name=${ICONS[theme.value]} label=${words} data-testid="theme" onClick=${() => choose(NEXT[theme.value])} />`;
}
