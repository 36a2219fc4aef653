// A phone call in a conversation: how it went, and the words that were spoken.
import { Icon, html, t } from "../base.js";

const OUTCOMES = {
  ringing: () => t("Ringing"), in_progress: () => t("In the call"), completed: () => t("Call ended"),
  key_pressed: () => t("Key pressed"), busy: () => t("Busy"), no_answer: () => t("Nobody answered"),
  voicemail: () => t("Voicemail"), declined: () => t("Declined"), canceled: () => t("Cancelled"),
  failed: () => t("Call failed"), missed: () => t("Missed call"),
};
const WITH = { answered: (name) => t("Answered by {name}", { name }), declined: (name) => t("Declined by {name}", { name }) };

/** How a call went, above the words that were spoken. direction: of a call between people. */
export function CallHead({ content: { outcome, duration_s: takes, direction, answered, by } }) {
  const time = takes ? `${Math.floor(takes / 60)}:${String(takes % 60).padStart(2, "0")}` : "";
  const isOurs = direction === "outbound";
  const end = outcome || (direction && (answered ? "completed" : "missed"));
  const said = isOurs && end === "missed" ? t("Nobody answered") : (!isOurs && by && WITH[end]?.(by.name)) || OUTCOMES[end]?.()
    || (end === "answered" ? "" : t("Calling"));
  const name = !direction ? t("Phone call") : isOurs ? t("Outgoing call") : t("Incoming call");
  return html`<span class="call-head" data-outcome=${end}><${Icon} name="phone" /><b>${name}</b>
    <small>${[said, time].filter(Boolean).join(" · ")}</small></span>`;
}

/** The script without the marks of its pauses; of a call between people nothing is kept. */
export const spokenWords = (text, { direction }) => (direction ? "" : text.replace(/\s*\[pause [\d.]+ ?s\]\s*/g, " ").trim());
