// The small pill over a bubble: react, reply, more. It shows on hover and for the message the keyboard stands on.
import { html } from "./html.js";
import { IconButton } from "./icon.js";

export function Tools({ message, isCurrent, onMenu, onReply }) {
  if (message.revoked_at || message.local) return null;
  const tabindex = isCurrent ? 0 : -1;
  const open = (focus) => (event) => onMenu(event.currentTarget, message, focus);
  const menu = { tabindex, "aria-haspopup": "menu" };
  return html`<div class="tools" role="group" aria-label="Message actions">
    ${message.from_me ? null : html`<${IconButton} name="smile-plus" label="React" ...${menu} onClick=${open("reactions")} />`}
    <${IconButton} name="reply" label="Reply" tabindex=${tabindex} onClick=${() => onReply(message)} />
    <${IconButton} name="chevron-down" label="More" ...${menu} onClick=${open("items")} />
  </div>`;
}
