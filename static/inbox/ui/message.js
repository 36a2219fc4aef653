// One markup for a message, whether it came from the server, live, or is still on its way out.
import { Icon, Still, html, signal, t, tn, toast, useEffect } from "../base.js";
import { react, retryMessage } from "../actions.js";
import { hooks, tip } from "../commands.js";
import { cancel, isHeld, retry, tellTakenBack } from "../outbox.js";
import { channel, isMine } from "../store.js";
import { clock, duration, full, inOneLine, isJumbo } from "../text.js";
import { jumpTo } from "../timelines.js";
import { Choice, Keys } from "./choices.js";
import { arrives, lazily } from "./layers.js";
import { Attachment, Text } from "./pieces.js";

const TICKS = {
  waiting: ["clock", () => t("Waiting to be sent")], sending: ["clock", () => t("Sending")],
  queued: ["clock", () => t("Queued")], held: ["pause", () => t("Held back")], sent: ["check", () => t("Sent")],
  delivered: ["check-check", () => t("Delivered")], read: ["check-check", () => t("Read")],
  failed: ["circle-alert", () => t("Not sent")], cancelled: ["circle-slash", () => t("Cancelled")],
  uncertain: ["circle-question-mark", () => t("Unknown whether it arrived")],
};
export const statusName = (status) => TICKS[status]?.[1]() || "";

function Tick({ status }) {
  const name = statusName(status);
  const icon = name && html`<${Icon} name=${TICKS[status][0]} label=${name} />`;
  return icon && html`<span class=${`tick ${status}`} title=${name}>${icon}</span>`;
}

/** Who else wrote it, whether it was edited, when, and how far it got. place: id of the conversation's channel. */
function Meta({ message: { author, content, edited_at, revoked_at, at, direction, status, channel_id }, place }) {
  const colleague = author?.kind === "member" && !isMine(author.id) && author.name.split(" ")[0];
  const where = channel(channel_id);
  const isElsewhere = where && where.id !== place;
  const isAutomatic = author && !["member", "customer"].includes(author.kind);
  const by = content?.elsewhere && author ? author.name : isAutomatic ? t("automatic") : colleague;
  return html`<span class="meta">${by && html`<span class="by">${by}</span>`}
    ${isElsewhere && html`<span data-testid="by-channel">${where.label}</span>`}
    ${edited_at && !revoked_at && html`<span>${t("edited")}</span>`}
    <time datetime=${at} title=${full(at)}>${clock(at)}</time>
    ${direction === "outbound" && html`<${Tick} status=${status} />`}</span>`;
}

// ---------------------------------------------------------------- a phone call: how it went, and the words that were spoken

const OUTCOMES = {
  ringing: () => t("Ringing"), in_progress: () => t("In the call"), completed: () => t("Call ended"),
  key_pressed: () => t("Key pressed"), busy: () => t("Busy"), no_answer: () => t("Nobody answered"),
  voicemail: () => t("Voicemail"), declined: () => t("Declined"), canceled: () => t("Cancelled"),
  failed: () => t("Call failed"), missed: () => t("Missed call"), answered: () => "",
};
const BY = { answered: (name) => t("Answered by {name}", { name }), declined: (name) => t("Declined by {name}", { name }) };

/** How a call went, above the words that were spoken. direction: of a call between people. */
function CallHead({ content: { outcome, duration_s: takes, direction, by } }) {
  const isOurs = direction === "outbound";
  const said = OUTCOMES[isOurs && outcome === "missed" ? "no_answer" : outcome];
  const words = (!isOurs && by && BY[outcome]?.(by.name)) || (said ? said() : t("Calling"));
  // The shortest talk too
  const isTold = takes > 0 || (takes === 0 && outcome === "answered");
  return html`<span class="call-head" data-outcome=${outcome}><${Icon} name="phone" />
    <b>${direction ? (isOurs ? t("Outgoing call") : t("Incoming call")) : t("Phone call")}</b>
    <small>${[words, isTold && duration(takes)].filter(Boolean).join(" · ")}</small></span>`;
}

/** A script without the marks of its pauses; of a call between people what was written down. */
const spokenWords = (text, { direction, transcript }) => (direction ? transcript : text.replace(/\s*\[pause [\d.]+ ?s\]\s*/g, " ").trim());

// ---------------------------------------------------------------- what is in a bubble

const special = arrives(() => import("./special.js"));
const SPECIAL = {
  call: CallHead, location: special("Place"), contacts: special("Cards"), order: special("Order"), flow_reply: special("Answers"), unknown: special("Unshown"),
};

// The module that knows templates, loaded when one is first drawn
const catalogue = signal(null);

/** A sent template holds its name and values; its words come from the channel's list of templates. */
function Template({ message, pressed, meta }) {
  useEffect(() => {
    if (!catalogue.peek()) import("./templates.js").then((module) => { catalogue.value = module; }, () => {});
  }, []);
  const isBare = !message.content.header && !message.content.buttons;
  const shown = (isBare && message.channel_id && catalogue.value?.rendered(message)) || message;
  return html`<${Choice} message=${shown} pressed=${pressed} meta=${meta} />`;
}

const Muted = ({ icon, words }) => html`<span class="muted"><${Icon} name=${icon} />${words}</span>`;

function Body({ message, pressed, place }) {
  const { kind, content, text, attachments, revoked_at, at, direction } = message;
  if (revoked_at) return html`<${Muted} icon="circle-slash" words=${direction === "outbound" ? t("This message was taken back.") : t("The customer took this message back.")} />`;
  if (kind === "system") return html`<span dir="auto">${text || t("Notice")}</span> · <time title=${full(at)}>${clock(at)}</time>`;
  const inside = kind === "template" || kind === "interactive" ? JSON.stringify(content) : ""; // names what stands on cards
  const files = attachments.filter((file) => !file.link && !inside.includes(file.id)).map((file) => html`<${Attachment} key=${file.id} file=${file} threadId=${message.thread_id}
    words=${text || inOneLine({ kind: file.kind, text: "" })[1]} />`);
  const meta = html`<${Meta} message=${message} place=${place} />`;
  if (kind === "template") return html`${files}<${Template} message=${message} pressed=${pressed} meta=${meta} />`;
  if (kind === "interactive") return html`${files}<${Choice} message=${message} pressed=${pressed} meta=${meta} />`;
  const isNamed = kind === "unknown" && (text || direction === "outbound"); // then it is shown by what it says
  const special = SPECIAL[kind] && !isNamed && html`<${SPECIAL[kind]} content=${content} />`;
  const shown = (kind === "call" ? spokenWords(text, content) : text) || (kind === "order" && content.text) || "";
  const unknown = !shown && !files.length && !special
    && t("This kind of message ({kind}) cannot be shown here yet.", { kind: content.type || kind });
  return html`${files}${special}${shown && html`<${Text} text=${shown} look=${isJumbo(shown) ? "jumbo" : ""} />`}
    ${kind === "call" && html`<${Keys} choices=${content.choices} pressed=${pressed} />`}
    ${unknown && html`<${Muted} icon="circle-alert" words=${unknown} />`}${meta}`;
}

/** Which notification a message belongs to. */
const NoticeMark = ({ mark }) => html`<span class="notice-mark" data-testid="notice-mark"
  title=${t("Sent as a notification")}><${Icon} name="bell" /><span dir="auto">${mark.name}</span></span>`;

const cameBy = ({ direction, content }) => direction === "inbound" && (content.forwarded || content.referral || content.product);
const Origin = arrives(() => import("./origin.js"))("Origin");

/** names: {customer, us, place, find(id), isWhole} of the conversation. */
function Quote({ quote, threadId, names }) {
  const target = quote.id && names.find(quote.id);
  const [icon, line] = quote.id ? inOneLine(target || quote) : ["", t("A message that is not here")];
  const { direction, author } = target || quote;
  const who = author?.name || author || (direction === "inbound" ? names.customer : quote.id && names.us);
  const jump = async () => {
    if (!quote.id || !await jumpTo(threadId, quote.id)) toast(t("The quoted message is no longer here."));
  };
  return html`<button type="button" class="quote" tabindex="-1" onClick=${jump} title=${t("Go to the quoted message")}>
    ${who && html`<b dir="auto">${who}</b> `}<span dir="auto">${icon && html`<${Icon} name=${icon} />`}${line}</span></button>`;
}

// ---------------------------------------------------------------- what went wrong, and what can be done

function takeBack(item) {
  if (cancel(item.ref)) tellTakenBack(item); else toast(t("It is already on its way."));
}

const Act = ({ name, run, testid }) => html`<button type="button" class="linkbtn" data-testid=${testid}
  onClick=${run}>${name}</button>`;
const Line = ({ look = "", role, words, children }) => html`<p class=${`trouble ${look}`} role=${role}>
  <span>${words}</span> ${children}</p>`;

function Unsent({ item }) {
  const back = (name) => html`<${Act} name=${name} run=${() => takeBack(item)} />`;
  if (item.state === "waiting") return html`<${Line} look="calm" words=${t("Waiting")}>${back(t("Cancel"))}<//>`;
  const words = item.state === "failed" && t("Not sent: {why}", { why: item.problem.detail });
  const [again, leave] = isHeld(item) ? [t("Send anyway"), t("Back to the draft")] : [t("Try again"), t("Discard")];
  return words && html`<${Line} role="alert" words=${words}><${Act} name=${again} run=${() => retry(item.ref)} />
    ${back(leave)}<//>`;
}

function Trouble({ message }) {
  const { status, attempts, error } = message;
  const tries = attempts > 1 && tn("{n} attempt", "{n} attempts", attempts);
  const code = error?.provider_code && t("code {code}", { code: error.provider_code });
  const why = error?.advice || error?.detail || error?.title;
  const again = (name) => html`<${Act} name=${name} testid="retry" run=${() => retryMessage(message)} />`;
  const refused = [why || t("The provider refused it"), code, tries].filter(Boolean).join(" · ");
  if (status === "failed") return html`<${Line} words=${refused}>${again(t("Retry"))}<//>`;
  if (status === "uncertain") return html`<${Line} look="warn" words=${t("No answer came: it may or may not have arrived.")}>${again(t("Unknown, resend?"))}<//>`;
  return status === "held" && html`<${Line} look="warn" words=${why || t("Held back")}>
    ${error?.code !== "identity_changed" && again(t("Send now"))}<//>`;
}

// ---------------------------------------------------------------- acting on a message

const menus = lazily(() => import("./menus.js"));
export const openReactions = menus("openReactions");
export const openMenu = menus("openMenu");

/** What can be done with a message: there once all rows are drawn, or when somebody is near; both are signals. Its icons
    come with the pointer or the focus: hundreds that nobody sees would cost more than all the words of a conversation. */
function Acts({ message, near, isWhole }) {
  if (!near.value && !isWhole?.value) return null;
  const act = (name, icon, id, run) => html`<button type="button" class="iconbtn s" tabindex="-1" aria-label=${name}
    title=${tip(name, id)} onClick=${(event) => run(message, event.currentTarget)}>
    ${near.value && html`<${Icon} name=${icon} />`}</button>`;
  return html`<span class="acts">${act(t("Quote"), "reply", "quote", (one) => hooks.quoteMessage(one))}
    ${message.direction === "inbound" && act(t("React"), "smile", "react", openReactions)}
    ${act(t("Message menu"), "ellipsis", "menu", openMenu)}</span>`;
}

function Reactions({ message }) {
  const ours = (emoji) => html`<button type="button" class="react ours" title=${t("Take back")}
    onClick=${() => react(message, emoji)}>${emoji}</button>`;
  const theirs = (emoji) => html`<span class="react" title=${t("The customer’s reaction")}>${emoji}</span>`;
  const one = ({ by, emoji }) => (by === "us" ? ours : theirs)(emoji);
  return message.reactions.length > 0 && html`<span class="reacts">${message.reactions.map(one)}</span>`;
}

/** message: as on the wire, or made from an outbox item. Redraws only when one of its props changes. */
export class Message extends Still {
  near = signal(false);
  come = () => { this.near.value = true; };

  render({ message, item, isFirst, isOpen, pressed, names }) {
    const { id, direction, kind, status, client_ref: ref, reactions, reply_to: quote } = message;
    const isOut = direction === "outbound";
    const us = isMine(message.author?.id) ? t("You") : message.author?.name || names.us;
    const customer = message.author?.kind === "customer" && message.author.name;
    const parts = [isOut ? us : customer || names.customer, clock(message.at), isOut && statusName(status)];
    const label = `${parts.filter(Boolean).join(", ")}: ${inOneLine(message)[1]}`;
    const look = `msg ${isOut ? "out" : "in"} ${isFirst ? "first" : ""} ${reactions.length ? "reacted" : ""} ${kind}`;
    return html`<article class=${look} tabindex=${isOpen ? 0 : -1} aria-label=${label} data-testid="message"
      data-entry=${id} data-id=${id} data-ref=${ref} data-status=${status} data-direction=${direction}
      onPointerEnter=${this.come} onFocusIn=${this.come}>
      <div class=${`bubble ${kind === "sticker" && !message.revoked_at ? "bare" : ""}`}>
        ${customer && isFirst && html`<b class="writer" data-testid="writer" dir="auto">${customer}</b>`}
        ${message.content?.notification && html`<${NoticeMark} mark=${message.content.notification} />`}
        ${cameBy(message) && html`<${Origin} content=${message.content} />`}
        ${quote && html`<${Quote} quote=${quote} threadId=${message.thread_id} names=${names} />`}
        <${Body} message=${message} pressed=${pressed} place=${names.place} /></div><${Reactions} message=${message} />
      ${item ? html`<${Unsent} item=${item} />` : html`<${Trouble} message=${message} />`}
      ${!item && kind !== "system" && html`<${Acts} message=${message} near=${this.near} isWhole=${names.isWhole} />`}</article>`;
  }
}
