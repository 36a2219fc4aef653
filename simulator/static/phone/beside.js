// Place a floating box beside its opener, inside the window.
const GAP = 6;
const EDGE = 8;

/** Set the box's position (by its style object, which a strict policy allows). */
export function beside(box, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = at.bottom + GAP + height < innerHeight - EDGE;
  const top = below ? at.bottom + GAP : at.top - height - GAP;
  const fromEnd = at.left + at.width / 2 > innerWidth / 2 ? at.right - width : at.left;
  box.style.insetBlockStart = `${clamp(top, innerHeight - height)}px`;
  box.style.left = `${clamp(fromEnd, innerWidth - width)}px`;
}

const clamp = (value, most) => Math.max(EDGE, Math.min(value, most - EDGE));
