// One message: bubble, quote, content, time and ticks, reactions, reason of a failure.
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Content } from "./content.js";
import { authorOf, Quote } from "./quote.js";
import { Tick } from "./tick.js";
import { Tools } from "./tools.js";
import { sendAgain } from "./outbox.js";
import { largeEmoji } from "./text.js";
import { clockTime } from "./when.js";
import { snippet, STATUS_WORDS } from "./words.js";
import { isOffline, now } from "./state.js";
import { gestures } from "./gestures.js";

const STUCK_MS = 2500;
/** A row of the chat. `isFirst` starts a run of one sender, `isCurrent` holds the keyboard's place. */
export function Bubble({ message, isFirst, isCurrent, isFlashing, onJump, onMenu, onReply }) {
  const side = message.from_me ? "me" : "them";
  const menu = (event) => onMenu(event.currentTarget.closest("li").querySelector(".bubble"), message);
  const marks = [side, isFirst && "run", isFlashing && "flash"].filter(Boolean).join(" ");
  return html`<li class=${`m ${marks}`} data-row=${message.id} ...${gestures(() => onReply(message), menu)}>
    <article class=${looks(message, side)} tabindex=${isCurrent ? 0 : -1} aria-label=${label(message)} onContextMenu=${(event) => secondClick(event, menu)}
        data-wamid=${message.id} data-status=${message.status} data-kind=${message.kind}>
      ${message.reply_to && !message.revoked_at ? html`<${Quote} id=${message.reply_to} quoted=${message.quote} onJump=${onJump} />` : null}
      ${message.author && isFirst ? html`<b class="writer" dir="auto" data-testid="writer">${message.author.name}</b>` : null}
      <${Content} message=${message} meta=${html`<${Meta} message=${message} />`} />
      <${Reactions} message=${message} />
    </article>
    <${Tools} message=${message} isCurrent=${isCurrent} onMenu=${onMenu} onReply=${onReply} />
    <${Trouble} message=${message} />
  </li>`;
}

// The classes that shape a bubble: side, kind, large emoji, full width for templates.
function looks({ kind, text, template, revoked_at }, side) {
  const emoji = kind === "text" && !revoked_at ? largeEmoji(text) : 0;
  const parts = ["bubble", side, `k-${revoked_at ? "revoked" : kind}`, emoji && `emoji-${emoji}`, template && "wide"];
  return parts.filter(Boolean).join(" ");
}

// The second mouse button opens our menu, but not over selected text. A held finger is heard in gestures.js.
function secondClick(event, menu) {
  if (event.pointerType !== "touch" && getSelection()?.toString()) return;
  event.preventDefault();
  if (event.pointerType !== "touch") menu(event);
}

function Meta({ message }) {
  return html`<span class="meta">
    ${message.edited_at && !message.revoked_at ? html`<span>Edited</span>` : null}
    <time datetime=${message.at}>${clockTime(message.at)}</time>
    ${message.from_me && !message.revoked_at ? html`<${Tick} status=${message.status} />` : null}
  </span>`;
}

function Reactions({ message }) {
  const { me, them } = message.reactions ?? {};
  if (message.revoked_at || (!me && !them)) return null;
  const both = me && me === them;
  const words = [me && `You reacted ${me}`, them && `${authorOf({ from_me: false })} reacted ${them}`].filter(Boolean).join(", ");
  return html`<span class="reactions" role="img" aria-label=${words}>${me}${both ? html`<small>2</small>` : them}</span>`;
}

// A message that could not leave says why and offers the one thing to do.
function Trouble({ message }) {
  if (!message.from_me || !isStuck(message)) return null;
  const reason = message.error?.detail || message.error?.title || "The business did not take it.";
  return html`<p class="notsent"><span dir="auto">${reason}</span>
    <button type="button" onClick=${() => sendAgain(message)}>Send again</button></p>`;
}

// Online and still waiting: the business's webhook did not take it. The simulator tries again by itself, later and later.
function isStuck({ status, local, at }) {
  if (status === "failed") return true;
  return status === "waiting" && !local && !isOffline.value && now.value - Date.parse(at) > STUCK_MS;
}

function label(message) {
  const state = message.from_me ? `, ${STATUS_WORDS[message.status] ?? message.status}` : "";
  return `${authorOf(message)}, ${clockTime(message.at)}${state}: ${snippet(message).slice(0, 300)}`;
}
