// The small pill over a bubble: react, reply, more. It shows on hover and for the message the keyboard stands on.
import { html } from "./html.js";
import { Icon } from "./icon.js";

export function Tools({ message, isCurrent, onMenu, onReply }) {
  if (message.revoked_at || message.local) return null;
  const tab = isCurrent ? 0 : -1;
  const open = (focus) => (event) => onMenu(event.currentTarget, message, focus);
  return html`<div class="tools" role="group" aria-label="Message actions">
    ${message.from_me ? null : html`<button type="button" tabindex=${tab} aria-label="React" aria-haspopup="menu" onClick=${open("reactions")}><${Icon} name="smile-plus" /></button>`}
    <button type="button" tabindex=${tab} aria-label="Reply" onClick=${() => onReply(message)}><${Icon} name="reply" /></button>
    <button type="button" tabindex=${tab} aria-label="More" aria-haspopup="menu" onClick=${open("items")}><${Icon} name="chevron-down" /></button>
  </div>`;
}
