// Arrow keys that move the focus among the buttons of a menu, a grid or a list.

export const COLUMN = { ArrowDown: 1, ArrowUp: -1 };
export const LINE_AND_COLUMN = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** A key handler for the element that holds the buttons. `steps`: by how many each key moves. Ends meet when `wraps`. */
export function arrows(steps, { wraps = true, stops = "button" } = {}) {
  return (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const found = [...event.currentTarget.querySelectorAll(stops)];
    const to = found.indexOf(document.activeElement) + step;
    const last = found.length - 1;
    found[wraps ? (to + found.length) % found.length : Math.max(0, Math.min(last, to))]?.focus();
  };
}
