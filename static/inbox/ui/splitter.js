// The edge between two panes: dragged or moved by keys, kept in this browser. Loaded when there is time.
import { html, prefs, setPref, t, useRef, useState } from "../base.js";

const STEP = 16;
/** The part of the window that a pane may take, as in frame.css. */
const share = () => (innerWidth < 1200 ? 0.36 : 0.28);
/** By the preference that holds the width: its limits, the usual one, and whether it grows with the way of reading. */
const PANES = {
  listWidth: { least: 260, most: 420, usual: 336, ahead: 1, area: "list", label: () => t("List width") },
  sideWidth: { least: 260, most: 460, usual: 312, ahead: -1, area: "side", label: () => t("Panel width") },
};

/** pane: the preference that holds its width, in px. */
export function Splitter({ pane }) {
  const { least, usual, ahead, area, label, ...limits } = PANES[pane];
  const most = Math.min(limits.most, Math.floor(innerWidth * share()));
  const [dragged, setDragged] = useState(null);
  // What is held: where the pane would have no width, and how wide it is now. Not state: the last move and letting go
  // may come before anything is drawn anew.
  const held = useRef(null);
  const fit = (width) => Math.max(least, Math.min(most, Math.round(width)));
  const now = dragged ?? fit(prefs.value[pane]);
  const sign = () => ahead * (document.dir === "rtl" ? -1 : 1);
  const set = (width) => setPref(pane, fit(width));
  const onPointerDown = ({ clientX, pointerId, currentTarget }) => {
    currentTarget.setPointerCapture(pointerId);
    held.current = { zero: clientX - now * sign(), width: null };
  };
  const onPointerMove = ({ clientX }) => {
    if (!held.current) return;
    const width = fit((clientX - held.current.zero) * sign());
    held.current.width = width;
    document.documentElement.style.setProperty(`--${area}`, `${width}px`);
    setDragged(width);
  };
  const onPointerUp = () => {
    if (held.current?.width) set(held.current.width);
    held.current = null;
    setDragged(null);
  };
  // Else the browser would begin to drag a row's link, or to mark words, and end ours.
  const onMouseDown = (event) => { event.preventDefault(); event.currentTarget.focus(); };
  const onKeyDown = (event) => {
    const to = {
      ArrowLeft: now - STEP * sign(), ArrowRight: now + STEP * sign(), Home: least, End: most, Delete: usual,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(to);
  };
  const aria = { "aria-orientation": "vertical", "aria-valuemin": least, "aria-valuemax": most, "aria-valuenow": now };
  return html`<div class=${`splitter of-${area}`} role="separator" tabindex="0" aria-label=${label()} ...${aria}
    title=${t("Drag, or press the arrow keys; double-click for the usual width.")}
    onMouseDown=${onMouseDown} onPointerDown=${onPointerDown} onPointerMove=${onPointerMove} onPointerUp=${onPointerUp} onPointerCancel=${onPointerUp}
    onDblClick=${() => set(usual)} onKeyDown=${onKeyDown}></div>`;
}
