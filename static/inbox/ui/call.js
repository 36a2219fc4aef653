// A phone call in a conversation: how it went, and the words that were spoken.
import { Icon, html, t } from "../base.js";

const OUTCOMES = {
  ringing: () => t("Ringing"), in_progress: () => t("In the call"), completed: () => t("Call ended"),
  key_pressed: () => t("Key pressed"), busy: () => t("Busy"), no_answer: () => t("Nobody answered"),
  voicemail: () => t("Voicemail"), declined: () => t("Declined"), canceled: () => t("Cancelled"),
  failed: () => t("Call failed"), missed: () => t("Missed call"),
};

/** How a call went, above the words that were spoken. */
export function CallHead({ content: { outcome, duration_s: takes } }) {
  const time = takes ? `${Math.floor(takes / 60)}:${String(takes % 60).padStart(2, "0")}` : "";
  return html`<span class="call-head"><${Icon} name="phone" /><b>${t("Phone call")}</b>
    <small>${[OUTCOMES[outcome]?.() || t("Calling"), time].filter(Boolean).join(" · ")}</small></span>`;
}

/** The script without the marks of its pauses. */
export const spokenWords = (text) => text.replace(/\s*\[pause [\d.]+ ?s\]\s*/g, " ").trim();
