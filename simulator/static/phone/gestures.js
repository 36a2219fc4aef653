// Touch on a message: drag it to the right to quote it, hold it for its menu.
const FAR = 56;
const HOLD_MS = 450;
const STILL = 8;

/** Props for a row. A drag of more than 56 px to the right calls `onSwipe`, a still finger of 0.45 s `onHold` when it
    is lifted (a menu opened earlier would be closed by the lifting). Vertical drags scroll as ever. */
export function gestures(onSwipe, onHold) {
  let start = null;
  const move = (row, by) => { row.style.setProperty("--drag", `${by}px`); };
  const end = (event) => {
    const was = start;
    start = null;
    move(event.currentTarget, 0);
    if (!was) return;
    if (dragged(event, was) >= FAR) onSwipe();
    else if (isHeld(event, was)) onHold(event);
  };
  return {
    onTouchStart: (event) => { start = event.touches.length === 1 ? { ...point(event), at: event.timeStamp } : null; },
    onTouchMove: (event) => { if (start) move(event.currentTarget, Math.min(FAR + 12, dragged(event, start))); },
    onTouchEnd: end,
    onTouchCancel: (event) => { start = null; move(event.currentTarget, 0); },
  };
}

const point = (event) => ({ x: event.changedTouches[0].clientX, y: event.changedTouches[0].clientY });

// How far to the right, and not at all when the finger goes up or down instead.
function dragged(event, start) {
  const at = point(event);
  return Math.abs(at.y - start.y) > Math.abs(at.x - start.x) ? 0 : Math.max(0, at.x - start.x);
}

function isHeld(event, start) {
  const at = point(event);
  const isStill = Math.hypot(at.x - start.x, at.y - start.y) < STILL;
  return isStill && event.timeStamp - start.at > HOLD_MS;
}
