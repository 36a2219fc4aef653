// The quoted message inside a bubble or above the composer.
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { findMessage, openKey, openNumber } from "./state.js";
import { kindIcon, snippet } from "./words.js";

/** Who wrote a message, as the phone's owner sees it. */
export const authorOf = (message) => (message.from_me ? (message.author?.name ?? "You") : (openNumber.value?.verified_name ?? "Business"));

/** A quote by the id of the quoted message; when that is too old to be loaded, `quoted` holds its line. */
export function Quote({ id, quoted, onJump }) {
  const message = findMessage(openKey.value, id) ?? quoted;
  if (!message) return html`<span class="quote"><span>Earlier message</span></span>`;
  return html`<button type="button" class=${`quote ${message.from_me ? "mine" : ""}`} onClick=${() => onJump(id)}>
    <span class="vh">Quoted: </span><${QuoteText} message=${message} />
  </button>`;
}

export function QuoteText({ message }) {
  const icon = kindIcon(message);
  const isPicture = message.kind === "image" && message.media?.url;
  return html`<span class="words"><b dir="auto">${authorOf(message)}</b>
      <span class="line" dir="auto">${icon ? html`<${Icon} name=${icon} />` : null}${snippet(message).slice(0, 160)}</span></span>
    ${isPicture ? html`<img src=${message.preview ?? message.media.url} alt="" />` : null}`;
}
