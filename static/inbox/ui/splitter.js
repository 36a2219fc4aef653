// The edge between the list and the conversation.
import { html, prefs, setPref, t } from "../base.js";

/** Drag or arrow keys change the list's width, which this browser remembers. */
export function Splitter() {
  const now = prefs.value.listWidth;
  const set = (width) => setPref("listWidth", Math.max(260, Math.min(420, Math.round(width))));
  const sign = document.dir === "rtl" ? -1 : 1;
  const onPointerDown = ({ clientX: start, pointerId, currentTarget: bar }) => {
    bar.setPointerCapture(pointerId);
    bar.onpointermove = (move) => set(now + (move.clientX - start) * sign);
    bar.onpointerup = () => { bar.onpointermove = null; };
  };
  const onKeyDown = (event) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (step) { event.preventDefault(); set(now + step * sign); }
  };
  const aria = { "aria-orientation": "vertical", "aria-valuemin": 260, "aria-valuemax": 420, "aria-valuenow": now };
  return html`<div class="splitter" role="separator" tabindex="0" aria-label=${t("List width")} ...${aria}
    onPointerDown=${onPointerDown} onKeyDown=${onKeyDown}></div>`;
}
