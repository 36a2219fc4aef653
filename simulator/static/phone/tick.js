// How far a message has come: clock, one tick, two ticks, two coloured ticks, or an exclamation mark. Each has its words.
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { STATUS_WORDS } from "./words.js";

const TICKS = { waiting: "clock", sent: "check", delivered: "check-check", read: "check-check", played: "check-check", failed: "circle-alert" };
const TONES = { read: "read", played: "read", failed: "bad" };

export function Tick({ status }) {
  return html`<${Icon} name=${TICKS[status] ?? "check"} class=${`tick ${TONES[status] ?? ""}`} label=${STATUS_WORDS[status] ?? status} />`;
}
