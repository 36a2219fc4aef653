// The menu of one message: quick reactions, reply, copy, edit, delete. A native popover, so Esc and a click outside close it.
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { act } from "./outbox.js";
import { apply } from "./apply.js";
import { postMessage } from "./api.js";
import { dialog, now } from "./state.js";
import { beside } from "./beside.js";
import { arrows, LINE_AND_COLUMN } from "./arrows.js";
import { copy } from "./clipboard.js";
import { writerIn } from "./writer.js";

const walk = arrows(LINE_AND_COLUMN);
const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const EDIT_MS = 15 * 60e3;
const REVOKE_MS = 2 * 24 * 3600e3;

const target = signal(null); // {message, anchor, focus, onReply, onEdit}

/** Open the menu beside an element. `focus` is "reactions" or "items": where the keyboard starts. */
export function openMenu(anchor, message, { focus = "items", onReply, onEdit }) {
  if (!message.local && !message.revoked_at) target.value = { anchor, message, focus, onReply, onEdit };
}

export function MessageMenu() {
  const box = useRef(null);
  const open = target.value;
  useEffect(() => { if (open) place(box.current, open); }, [open]);
  const toggled = (event) => { if (event.newState === "closed") target.value = null; };
  return html`<div class="menu" popover="auto" ref=${box} role="menu" aria-label="Message" onToggle=${toggled} onKeyDown=${walk}>
    ${open ? html`<${Choices} ...${open} close=${() => box.current.hidePopover()} />` : null}
  </div>`;
}

function place(box, { anchor, focus }) {
  if (!box.matches(":popover-open")) box.showPopover();
  beside(box, anchor);
  box.querySelector(focus === "reactions" ? ".quickline button, .items button" : ".items button")?.focus();
}

function Choices({ message, close, onReply, onEdit }) {
  const run = (action) => () => { close(); action(); };
  const ask = (question) => run(() => { dialog.value = question; });
  const mine = message.reactions?.me;
  return html`
    ${message.from_me ? null : html`<div class="quickline">
      ${QUICK.map((emoji) => html`<button key=${emoji} type="button" role="menuitemradio" aria-checked=${String(mine === emoji)}
        aria-label=${`React ${emoji}`} onClick=${run(() => react(message, mine === emoji ? null : emoji))}>${emoji}</button>`)}
      <button type="button" role="menuitem" aria-label="Another emoji" onClick=${ask({ name: "emoji", pick: (emoji) => react(message, emoji) })}>
        <${Icon} name="plus" /></button>
    </div>`}
    <div class="items">
      <${Item} icon="reply" words="Reply" keys="Q" onClick=${run(() => onReply(message))} />
      ${message.text ? html`<${Item} icon="copy" words="Copy text" onClick=${run(() => copy(message.text, "Text copied"))} />` : null}
      <${Item} icon="hash" words="Copy message id" onClick=${run(() => copy(message.id, "Message id copied"))} />
      ${canEdit(message) ? html`<${Item} icon="pencil" words="Edit" onClick=${run(() => onEdit(message))} />` : null}
      ${canRevoke(message) ? html`<${Item} icon="trash-2" words="Delete for everyone" tone="danger" onClick=${ask({ name: "revoke", message })} />` : null}
    </div>`;
}

function Item({ icon, words, keys, tone, onClick }) {
  return html`<button type="button" role="menuitem" class=${tone ?? ""} onClick=${onClick}>
    <${Icon} name=${icon} /><span>${words}</span>${keys ? html`<kbd>${keys}</kbd>` : null}</button>`;
}

// The provider's limits: text may be edited for 15 minutes, a message deleted for two days.
const age = (message) => now.peek() - Date.parse(message.at);
export const canEdit = (m) => m.from_me && m.kind === "text" && m.status !== "failed" && !m.revoked_at && age(m) < EDIT_MS;
export const canRevoke = (m) => m.from_me && !m.revoked_at && m.kind !== "reaction" && age(m) < REVOKE_MS;

/** React with an emoji, or take the reaction back with null. Drawn at once, put back when refused. */
export async function react(message, emoji) {
  const { id, channel, number } = message;
  apply({ type: "reaction", data: { id, channel, number, reactions: { ...message.reactions, me: emoji } } });
  const isDone = await act(postMessage(channel, number, { reaction: { target: id, emoji }, author: writerIn(number)?.number }));
  if (!isDone) apply({ type: "reaction", data: { id, channel, number, reactions: message.reactions } });
}

// The menu closes when its message leaves the screen with its chat.
effect(() => { if (dialog.value) target.value = null; });
