// One markup for a message, whether it came from the server, live, or is still on its way out.
import { Component, Icon, Still, html, t, tn, toast } from "../base.js";
import { PRIORITIES, oops, react, retryMessage } from "../actions.js";
import { cancel, retry } from "../outbox.js";
import { isMine } from "../store.js";
import { clock, full, inOneLine, isJumbo, markup, soon } from "../text.js";
import { jumpTo } from "../timelines.js";
import { href } from "../route.js";
import { hooks, tip } from "../commands.js";
import { openPicker } from "./pickers.js";
import { closeLayer, openDialog, openPopover, DialogHead } from "./layers.js";
import { Attachment } from "./media.js";

const draw = (node) => {
  if (typeof node === "string") return node;
  const inner = node.nodes.map(draw);
  if (node.tag === "a") return html`<a href=${node.href} target=${node.href.startsWith("http") ? "_blank" : null} rel="noopener noreferrer nofollow">${inner}</a>`;
  return html`<${node.tag}>${inner}<//>`;
};

/** Text as the channel shows it: light markup and safe links, never HTML. */
export const Text = ({ text }) => html`<span class=${`text ${isJumbo(text) ? "jumbo" : ""}`} dir="auto">${markup(text).map(draw)}</span>`;

const TICKS = {
  waiting: ["clock", () => t("Waiting to be sent")], sending: ["clock", () => t("Sending")], queued: ["clock", () => t("Queued")], held: ["pause", () => t("Held back")],
  sent: ["check", () => t("Sent")], delivered: ["check-check", () => t("Delivered")], read: ["check-check", () => t("Read")],
  failed: ["circle-alert", () => t("Not sent")], uncertain: ["circle-question-mark", () => t("Unknown whether it arrived")], cancelled: ["circle-slash", () => t("Cancelled")],
};
export const statusName = (status) => TICKS[status]?.[1]() || "";
const Tick = ({ status }) => (TICKS[status] ? html`<span class=${`tick ${status}`} title=${statusName(status)}><${Icon} name=${TICKS[status][0]} label=${statusName(status)} /></span>` : null);

// ---------------------------------------------------------------- special kinds

const mapOf = ({ latitude, longitude }) => `https://www.openstreetmap.org/?mlat=${Number(latitude)}&mlon=${Number(longitude)}#map=16/${Number(latitude)}/${Number(longitude)}`;
const Place = ({ content }) => html`<a class="place" href=${mapOf(content)} target="_blank" rel="noopener noreferrer"><span class="place-pin"><${Icon} name="map-pin" /></span>
  <span><b dir="auto">${content.name || t("Location")}</b><small dir="auto">${content.address || `${content.latitude}, ${content.longitude}`}</small></span></a>`;

function Card({ card }) {
  const name = card.name?.formatted_name || card.phones?.[0]?.phone || t("Contact card");
  return html`<span class="vcard"><${Icon} name="contact" /><span><b dir="auto">${name}</b>${card.org?.company && html`<small dir="auto">${card.org.company}</small>`}
    ${(card.phones || []).map((one) => html`<a href=${`tel:${(one.phone || "").replace(/[^\d+]/g, "")}`}>${one.phone}</a>`)}
    ${(card.emails || []).map((one) => html`<a href=${`mailto:${one.email}`}>${one.email}</a>`)}</span></span>`;
}

const Order = ({ content }) => html`<span class="order"><b><${Icon} name="tag" />${tn("Order of {n} item", "Order of {n} items", content.product_items?.length || 0)}</b>
  ${(content.product_items || []).map((item) => html`<span>${item.quantity} × ${item.product_retailer_id} · ${item.item_price} ${item.currency}</span>`)}</span>`;

const words = (part) => (typeof part === "string" ? part : part?.text || "");

/** The parts of a template or an interactive message, whichever of the two shapes it has. */
function partsOf({ content, text }) {
  const find = (type) => (content.components || []).find((part) => part.type?.toUpperCase() === type);
  const action = content.action || {};
  const replies = (action.buttons || []).map((one) => ({ text: one.reply?.title || one.title || one.text }));
  const buttons = content.buttons || find("BUTTONS")?.buttons || replies;
  const rows = (action.sections || []).flatMap((section) => section.rows || []);
  return {
    header: words(content.header) || find("HEADER")?.text || "", body: text || words(content.body) || find("BODY")?.text || "", footer: words(content.footer) || find("FOOTER")?.text || "",
    buttons: action.button && rows.length ? [{ text: action.button, icon: "list", rows }] : buttons,
  };
}

function Choice({ message, pressed }) {
  const { header, body, footer, buttons } = partsOf(message);
  const hit = (title) => pressed && (pressed.title === title || pressed.text === title);
  return html`${header && html`<b class="card-head" dir="auto">${header}</b>`}${body ? html`<${Text} text=${body} />` : html`<span class="muted">${message.content.name || t("Template")}</span>`}
    ${footer && html`<small class="card-foot" dir="auto">${footer}</small>`}<${Meta} message=${message} />
    ${buttons.length > 0 && html`<span class="buttons">${buttons.map((one) => html`<span class=${hit(one.text) ? "hit" : ""} dir="auto">${(one.icon || one.type === "URL") && html`<${Icon} name=${one.icon || "external-link"} />`}${one.text}
      ${hit(one.text) && html`<small> · ${t("pressed {time}", { time: clock(pressed.at) })}</small>`}</span>`)}
      ${buttons[0].rows?.some((row) => hit(row.title)) && html`<span class="hit">${pressed.text}<small> · ${t("chosen {time}", { time: clock(pressed.at) })}</small></span>`}</span>`}`;
}

const Answers = ({ content }) => html`<dl class="answers">${Object.entries(content.response || content.response_json || {}).filter(([, value]) => typeof value !== "object").map(([key, value]) => html`<dt>${key}</dt><dd dir="auto">${String(value)}</dd>`)}</dl>`;

function Body({ message, pressed }) {
  const { kind, content, text, attachments, revoked_at } = message;
  if (revoked_at) return html`<span class="muted"><${Icon} name="circle-slash" />${t("The customer took this message back.")}</span>`;
  if (kind === "system") return html`<span dir="auto">${text || t("Notice")}</span> · <time datetime=${message.at} title=${full(message.at)}>${clock(message.at)}</time>`;
  if (kind === "template" || kind === "interactive") return html`<${Choice} message=${message} pressed=${pressed} />`;
  const files = attachments.map((file) => html`<${Attachment} key=${file.id} file=${file} threadId=${message.thread_id} words=${text || inOneLine({ kind: file.kind, text: "" })[1]} />`);
  const cards = content.contacts || (Array.isArray(content) ? content : []);
  const special = kind === "location" ? html`<${Place} content=${content} />` : kind === "contacts" ? cards.map((card) => html`<${Card} card=${card} />`)
    : kind === "order" ? html`<${Order} content=${content} />` : kind === "flow_reply" ? html`<${Answers} content=${content} />` : null;
  const isUnknown = !text && !files.length && !special;
  const shownText = text || (kind === "order" && content.text) || "";
  return html`${files}${special}${shownText && html`<${Text} text=${shownText} />`}
    ${isUnknown && html`<span class="muted"><${Icon} name="circle-alert" />${t("This kind of message cannot be shown here yet ({kind}).", { kind: content.type || kind })}</span>`}<${Meta} message=${message} />`;
}

function Meta({ message }) {
  const others = message.author?.kind === "member" && !isMine(message.author.id) ? message.author.name.split(" ")[0] : message.author && message.author.kind !== "member" ? t("automatic") : "";
  return html`<span class="meta">${others && html`<span class="by">${others}</span>`}${message.edited_at && !message.revoked_at && html`<span>${t("edited")}</span>`}
    <time datetime=${message.at} title=${full(message.at)}>${clock(message.at)}</time>${message.direction === "outbound" && html`<${Tick} status=${message.status} />`}</span>`;
}

function Quote({ quote, threadId, names }) {
  if (!quote) return null;
  const target = quote.id && names.find(quote.id);
  const [icon, line] = inOneLine(target || { kind: quote.kind || "unknown", text: quote.text || "" });
  const who = target ? (target.direction === "inbound" ? names.customer : target.author?.name || names.us) : quote.author || "";
  const jump = async () => { if (!quote.id || !await jumpTo(threadId, quote.id)) toast(t("The quoted message is no longer here.")); };
  return html`<button type="button" class="quote" tabindex="-1" onClick=${jump} aria-label=${t("Go to the quoted message")}><b dir="auto">${who}</b><span dir="auto">${icon && html`<${Icon} name=${icon} />`}${line}</span></button>`;
}

// ---------------------------------------------------------------- what went wrong, and what can be done

function Trouble({ message, item }) {
  if (item?.state === "failed") return html`<p class="trouble" role="alert"><span>${t("Not sent: {why}", { why: item.problem.detail })}</span>
    <button type="button" class="linkbtn" onClick=${() => retry(item.ref)}>${t("Try again")}</button><button type="button" class="linkbtn" onClick=${() => takeBack(item)}>${t("Discard")}</button></p>`;
  if (item?.state === "waiting") return html`<p class="trouble calm"><span>${item.tries ? t("Waiting for the server") : t("Waiting")}</span><button type="button" class="linkbtn" onClick=${() => takeBack(item)}>${t("Cancel")}</button></p>`;
  const tries = message.attempts > 1 ? tn("{n} attempt", "{n} attempts", message.attempts) : "";
  const { title, detail, provider_code: code } = message.error || {};
  const again = (label) => html`<button type="button" class="linkbtn" data-testid="retry" onClick=${() => retryMessage(message)}>${label}</button>`;
  if (message.status === "failed") return html`<p class="trouble" title=${detail}><span>${[detail || title || t("The provider refused it"), code && t("code {code}", { code }), tries].filter(Boolean).join(" · ")}</span>${again(t("Retry"))}</p>`;
  if (message.status === "uncertain") return html`<p class="trouble warn"><span>${t("No answer came, so it may or may not have arrived.")}</span>${again(t("Unknown, resend?"))}</p>`;
  if (message.status === "held") return html`<p class="trouble warn"><span>${title || t("Held back")}</span>${again(t("Send now"))}</p>`;
  return null;
}

/** Cancel a waiting message and give its words back to the composer. */
function takeBack(item) {
  if (cancel(item.ref)) hooks.giveBack?.(item); else toast(t("It is already on its way."));
}

// ---------------------------------------------------------------- acting on a message

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
export const openReactions = (message, anchor) => openPopover(anchor, t("React"), () => html`<div class="emoji-row" role="group" aria-label=${t("React")}>${EMOJI.map((emoji) => html`<button type="button" key=${emoji} aria-pressed=${message.reactions.some((one) => one.by === "us" && one.emoji === emoji)}
  onClick=${() => { closeLayer(); react(message, emoji); }}>${emoji}</button>`)}</div>`, "emoji");

function Details({ message }) {
  const rows = message.status_history.map((step) => html`<tr><td>${statusName(step.status) || t("Received")}</td><td><time>${full(step.at)}</time></td><td>${step.detail || ""}</td></tr>`);
  const ids = [[t("Message id"), message.id], [t("Provider id"), message.provider_id], [t("Reference"), message.client_ref], [t("Attempts"), String(message.attempts || 1)]].filter(([, value]) => value);
  return html`<${DialogHead} title=${t("Message details")} /><table class="details"><tbody>${rows}</tbody></table>
    <dl class="ids">${ids.map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`)}</dl>`;
}

const copy = (text, said) => navigator.clipboard.writeText(text).then(() => toast(said), () => oops({ detail: t("The browser did not allow copying.") }));

export function openMenu(message, anchor) {
  const link = location.origin + href({ thread: message.thread_id, message: message.id });
  const options = () => [
    { id: "quote", label: t("Quote"), icon: "reply", keys: "Q", run: () => hooks.quoteMessage?.(message) },
    { id: "react", label: t("React…"), icon: "smile", keys: "+", run: () => openReactions(message, anchor) },
    ...(message.text ? [{ id: "copy", label: t("Copy text"), icon: "copy", run: () => copy(message.text, t("Text copied")) }] : []),
    { id: "link", label: t("Copy link"), icon: "link", run: () => copy(link, t("Link copied")) },
    ...(["failed", "uncertain", "held"].includes(message.status) ? [{ id: "retry", label: t("Send again"), icon: "refresh-cw", run: () => retryMessage(message) }] : []),
    { id: "details", label: t("Details"), icon: "info", run: () => openDialog(t("Message details"), () => html`<${Details} message=${message} />`) },
  ];
  openPicker(anchor, { label: t("Message menu"), options, search: false });
}

function Acts({ message }) {
  const act = (name, icon, id, run) => html`<button type="button" class="iconbtn s" tabindex="-1" aria-label=${name} title=${tip(name, id)} onClick=${run}><${Icon} name=${icon} /></button>`;
  return html`<span class="acts">${act(t("Quote"), "reply", "quote", () => hooks.quoteMessage?.(message))}${act(t("React"), "smile", "react", (event) => openReactions(message, event.currentTarget))}
    ${act(t("Message menu"), "ellipsis", "menu", (event) => openMenu(message, event.currentTarget))}</span>`;
}

const Reactions = ({ message }) => (message.reactions.length ? html`<span class="reacts">${message.reactions.map((one) => (one.by === "us"
  ? html`<button type="button" class="react ours" title=${t("Take back our reaction")} onClick=${() => react(message, one.emoji)}>${one.emoji}</button>`
  : html`<span class="react" title=${t("The customer’s reaction")}>${one.emoji}</span>`))}</span>` : null);

/** message: as on the wire, or made from an outbox item. Redraws only when one of its props changes. */
export class Message extends Still {
  render({ message, item, isFirst, isOpen, pressed, names, via }) {
    const isOut = message.direction === "outbound";
    const [, line] = inOneLine(message);
    const who = isOut ? (isMine(message.author?.id) ? t("You") : message.author?.name || names.us) : names.customer;
    const label = `${who}, ${clock(message.at)}${isOut ? `, ${statusName(message.status)}` : ""}: ${line}`;
    const isBare = message.kind === "sticker" && !message.revoked_at;
    return html`<article class=${`msg ${isOut ? "out" : "in"} ${isFirst ? "first" : ""} ${message.reactions.length ? "reacted" : ""} ${message.kind}`} tabindex=${isOpen ? 0 : -1} aria-label=${label} data-testid="message"
      data-entry=${message.id} data-id=${message.id} data-ref=${message.client_ref} data-status=${message.status} data-direction=${message.direction}>
      <div class=${`bubble ${isBare ? "bare" : ""}`}>${via && html`<span class="via">${via}</span>`}<${Quote} quote=${message.reply_to} threadId=${message.thread_id} names=${names} /><${Body} message=${message} pressed=${pressed} /></div>
      <${Reactions} message=${message} /><${Trouble} message=${message} item=${item} />${!item && message.kind !== "system" && html`<${Acts} message=${message} />`}</article>`;
  }
}

/** A message that is still on its way, drawn like the real one it will become. */
export const fromOutbox = (item) => ({
  id: item.ref, thread_id: item.thread_id, client_ref: item.ref, direction: "outbound", kind: item.show.kind || "text", text: item.body.text || item.show.text || "", content: item.show.content || {},
  attachments: item.show.attachments || [], reply_to: item.show.reply_to || null, reactions: [], status: item.state, status_history: [], at: item.at, author: item.show.author, error: null, attempts: 0,
});

// ---------------------------------------------------------------- facts and notes

const FOLD = 3; // more facts than this in a row become one line
const joined = (words) => words.filter(Boolean).join(", ");

/** What an event changed, in words: `from` and `to` hold the fields that were and are. */
function changeText(type, who, from, to) {
  const added = (to.labels || []).filter((name) => !(from.labels || []).includes(name));
  const gone = (from.labels || []).filter((name) => !(to.labels || []).includes(name));
  const owner = joined([to.assignee?.name, to.team?.name]);
  return {
    "thread.opened": () => t("Conversation opened"),
    "thread.closed": () => t("{who} closed the conversation", { who }),
    "thread.reopened": () => t("{who} reopened the conversation", { who }),
    "thread.snoozed": () => (to.until ? t("{who} snoozed until {when}", { who, when: soon(to.until) }) : t("{who} snoozed until they answer", { who })),
    "thread.woken": () => t("{who} woke the conversation", { who }),
    "thread.assigned": () => (owner ? t("{who} assigned to {to}", { who, to: owner }) : t("{who} took {from} off", { who, from: joined([from.assignee?.name, from.team?.name]) })),
    "thread.labeled": () => (added.length ? t("{who} added {labels}", { who, labels: joined(added) }) : t("{who} removed {labels}", { who, labels: joined(gone) })),
    "thread.prioritized": () => t("{who} set priority to {to}", { who, to: PRIORITIES[to.priority]?.().toLowerCase() || "" }),
  }[type]?.() || type.replace(".", " ");
}

/** One sentence for an event of a conversation. */
function factText({ type, actor, data }) {
  const who = !actor || actor.kind === "system" ? t("Parley") : isMine(actor.id) ? t("You") : actor.name;
  const isOwn = isMine(actor?.id) && isMine(data.to?.assignee?.id) && data.from?.assignee?.id !== actor.id;
  return type === "thread.assigned" && isOwn ? t("You took it") : changeText(type, who, data.from || {}, data.to || {});
}

export class Facts extends Component {
  render({ events }, { open }) {
    const isFolded = events.length > FOLD && !open;
    if (isFolded) return html`<div class="fact"><button type="button" class="linkbtn" aria-expanded="false" onClick=${() => this.setState({ open: true })}>${tn("{n} change", "{n} changes", events.length)} · ${factText(events.at(-1))}</button></div>`;
    return events.map((event) => html`<div class="fact" key=${event.id} title=${full(event.at)}>${factText(event)} · <time>${clock(event.at)}</time></div>`);
  }
}

/** Names in a note that mention a member stand out. */
export class Note extends Still {
  render({ note, item, isOpen }) {
    const who = isMine(note.author?.id) || item ? t("You") : note.author?.name;
    return html`<article class="notebox" tabindex=${isOpen ? 0 : -1} data-testid="note" data-entry=${note.id} data-id=${note.id} data-ref=${note.client_ref} data-status=${item?.state || "saved"} aria-label=${t("Note by {who}: {text}", { who, text: note.text })}>
      <header><${Icon} name="lock" /><span>${t("Note · only your team sees this")}</span><span class="by">${who}</span><time title=${full(note.at)}>${clock(note.at)}</time></header><${Text} text=${note.text} />
      ${item?.state === "failed" && html`<p class="trouble" role="alert">${item.problem.detail}</p>`}</article>`;
  }
}
