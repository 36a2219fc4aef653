// F6 and Shift+F6 move the keyboard between list, messages, composer and controls.
const STOPS = ['.row[aria-current]', ".row", '.bubble[tabindex="0"]', "#composer", "#side input"];

export function movePane(event) {
  if (event.key !== "F6") return;
  event.preventDefault();
  const panes = [[STOPS[0], STOPS[1]], [STOPS[2]], [STOPS[3]], [STOPS[4]]].map(firstVisible).filter(Boolean);
  const at = panes.findIndex((stop) => holdsFocus(stop));
  const step = event.shiftKey ? -1 : 1;
  panes[(at + step + panes.length) % panes.length]?.focus();
}

function firstVisible(selectors) {
  for (const selector of selectors) {
    const found = document.querySelector(selector);
    if (found?.checkVisibility()) return found;
  }
  return null;
}

const holdsFocus = (stop) => {
  const pane = stop.closest(".list, .chat, .write, .side");
  return pane?.contains(document.activeElement);
};
