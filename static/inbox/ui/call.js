// A phone call in a conversation: how it went, and the words that were spoken.
import { Icon, html, t } from "../base.js";
import { duration } from "../text.js";

const OUTCOMES = {
  ringing: () => t("Ringing"), in_progress: () => t("In the call"), completed: () => t("Call ended"),
  key_pressed: () => t("Key pressed"), busy: () => t("Busy"), no_answer: () => t("Nobody answered"),
  voicemail: () => t("Voicemail"), declined: () => t("Declined"), canceled: () => t("Cancelled"),
  failed: () => t("Call failed"), missed: () => t("Missed call"), answered: () => "",
};
const BY = { answered: (name) => t("Answered by {name}", { name }), declined: (name) => t("Declined by {name}", { name }) };

/** How a call went, above the words that were spoken. direction: of a call between people. */
export function CallHead({ content: { outcome, duration_s: takes, direction, by } }) {
  const isOurs = direction === "outbound";
  const said = OUTCOMES[isOurs && outcome === "missed" ? "no_answer" : outcome];
  const words = (!isOurs && by && BY[outcome]?.(by.name)) || (said ? said() : t("Calling"));
  const isTold = Number.isInteger(takes) && (takes > 0 || outcome === "answered"); // the shortest talk too
  return html`<span class="call-head" data-outcome=${outcome}><${Icon} name="phone" />
    <b>${direction ? (isOurs ? t("Outgoing call") : t("Incoming call")) : t("Phone call")}</b>
    <small>${[words, isTold && duration(takes)].filter(Boolean).join(" · ")}</small></span>`;
}

/** The script without the marks of its pauses; of a call between people nothing is kept. */
export const spokenWords = (text, { direction }) => (direction ? "" : text.replace(/\s*\[pause [\d.]+ ?s\]\s*/g, " ").trim());
