// Touch: drag a message towards the end of the line to quote it, hold it for the menu (the browser's contextmenu).
const FAR = 56;

/** Props for a row: a horizontal drag by touch of more than 56 px calls `onSwipe`. Vertical drags scroll as ever. */
export function swipe(onSwipe) {
  let start = null;
  const move = (row, by) => { row.style.setProperty("--drag", `${by}px`); };
  const end = (event) => {
    const isFar = start && drag(event, start) >= FAR;
    move(event.currentTarget, 0);
    start = null;
    if (isFar) onSwipe();
  };
  return {
    onTouchStart: (event) => { start = event.touches.length === 1 ? point(event) : null; },
    onTouchMove: (event) => { if (start) move(event.currentTarget, Math.min(FAR + 12, drag(event, start))); },
    onTouchEnd: end,
    onTouchCancel: (event) => { start = null; move(event.currentTarget, 0); },
  };
}

const point = (event) => ({ x: event.changedTouches[0].clientX, y: event.changedTouches[0].clientY });

// How far to the right, and not at all when the finger goes up or down instead.
function drag(event, start) {
  const at = point(event);
  return Math.abs(at.y - start.y) > Math.abs(at.x - start.x) ? 0 : Math.max(0, at.x - start.x);
}
