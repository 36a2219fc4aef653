// Text of any length: long ones stand folded behind "Read more", with all of it in the page.
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { isLong, rich } from "./text.js";

/** Text that is folded when it is long; all of it stays in the page. */
export function Folded({ text }) {
  const [isOpen, open] = useState(false);
  if (!isLong(text)) return html`<p class="text" dir="auto">${rich(text)}</p>`;
  return html`<p class=${`text long ${isOpen ? "" : "folded"}`} dir="auto">${rich(text)}</p>
    ${isOpen ? null : html`<button type="button" class="linkish" onClick=${() => open(true)}>Read more</button>`}`;
}
