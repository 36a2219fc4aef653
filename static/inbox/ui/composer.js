// Where answers are written: reply or note, quote, files, the channel's rules, and what to do when it is closed.
import { Icon, Mark, announce, html, signal, t, toast, useEffect } from "../base.js";
import { answeredSince, close, quoteOf, reopen, sendDraft, whoSaid } from "../actions.js";
import { hooks, tip } from "../commands.js";
import { attach, draftOf, editDraft } from "../drafts.js";
import { barred, channelOf, placeOf, placesOf, slotOf, spotOf, windowOf } from "../places.js";
import { thread } from "../store.js";
import { addressWords, answeredWords, inOneLine, span, whoIs } from "../text.js";
import { jumpTo } from "../timelines.js";
import { Field, FileChip, Suggest, Tools, typingEnded } from "./field.js";
import { lazily } from "./layers.js";

// ---------------------------------------------------------------- reply or note

// Thread id → reply | note, while the page lives.
const modes = new Map();
const now = signal({ id: null, mode: "reply", template: false });
const modeOf = (id) => (now.value.id === id ? now.value : { id, mode: modes.get(id) || "reply", template: false });
/** When what changed now is drawn, and before the next key is heard. */
export const focusSoon = () => queueMicrotask(() => hooks.focusComposer?.());

function setMode(id, mode, template = false) {
  now.value = { id, mode, template };
  modes.set(id, mode);
  focusSoon();
}

function WindowChip({ row }) {
  const { isOpen, left, isSoon } = windowOf(row, placeOf(row.id));
  if (left === null) return null;
  const words = isOpen ? t("{time} to answer freely", { time: span(left) }) : t("Reply window closed");
  return html`<span class=${`window ${!isOpen ? "over" : isSoon ? "soon" : ""}`} data-testid="window-chip"
    title=${words}><${Icon} name=${isOpen ? "clock" : "lock"} /><span>${words}</span></span>`;
}

const openPlaces = lazily(() => import("./menus.js"))("openPlaces");

/** The channel an answer goes to; a button where there is another one. */
function ViaChannel({ id }) {
  const places = placesOf(id);
  const here = spotOf(id) || { channel: channelOf(slotOf(id, "reply")) };
  const { channel: where, address } = here;
  if (!where) return null;
  const title = `${where.label} · ${where.address || where.name}`;
  const words = html`<${Mark} kind=${where.kind} /><span>${where.label} · <bdi>${address ? addressWords(address) : where.name}</bdi></span>`;
  if (!places.some((one) => one.channel.id !== where.id || one.spot !== here.spot)) return html`<span class="via-channel" title=${title}>${words}</span>`;
  return html`<button type="button" class="via-channel" data-testid="place" data-channel=${where.id} title=${title}
    aria-label=${t("Answer on {channel}; choose another", { channel: title })} aria-haspopup="listbox"
    onClick=${(event) => openPlaces(id, event.currentTarget)}>${words}<${Icon} name="chevron-down" /></button>`;
}

function Tabs({ id, mode }) {
  const row = thread(id).value;
  const tab = (key, name) => html`<button type="button" class="tab" role="tab" id=${`tab-${key}`}
    aria-selected=${mode === key} aria-controls="composer-panel" tabindex=${mode === key ? 0 : -1}
    data-testid=${`mode-${key}`} title=${tip(name, key)} onClick=${() => setMode(id, key)}>
    ${key === "note" && html`<${Icon} name="lock" />`}${name}</button>`;
  const onKeyDown = (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    setMode(id, mode === "reply" ? "note" : "reply");
  };
  return html`<div class="composer-top"><div role="tablist" aria-label=${t("Write")} onKeyDown=${onKeyDown}>
    ${tab("reply", t("Reply"))}${tab("note", t("Note"))}</div>
    ${mode === "note" ? html`<span class="window">${t("Only your team sees this")}</span>`
      : html`<${WindowChip} row=${row} />`}${mode === "reply" && html`<${ViaChannel} id=${id} />`}</div>`;
}

// ---------------------------------------------------------------- quote and files

function QuoteBar({ id, quote }) {
  const message = quoteOf(id, quote);
  const [icon, words] = inOneLine({ kind: "text", text: "", ...message });
  return html`<div class="quote-bar" data-testid="quote-bar">
    <span class="quote"><b dir="auto">${whoSaid(id, message)}</b>
      <span dir="auto">${icon && html`<${Icon} name=${icon} />`}${words}</span></span>
    <button type="button" class="iconbtn s" aria-label=${t("Remove quote")}
      onClick=${() => editDraft(id, slotOf(id, "reply"), { quote: null })}><${Icon} name="x" /></button></div>`;
}

const complain = (why) => { toast(why, { tone: "danger" }); announce(why); };

/** Take files for a reply; say why some cannot go. */
export function takeFiles(id, files) {
  const row = thread(id).peek();
  if (!files.length || row.status === "closed" || !windowOf(row, placeOf(id)).isOpen) return;
  setMode(id, "reply");
  attach(id, slotOf(id, "reply"), [...files]).forEach(complain);
}

/** The answer of a colleague that keeps a reply from going: {id, message} or null. */
const held = signal(null);

function HeldBar({ id }) {
  const here = held.value;
  if (here?.id !== id) return null;
  const accept = () => {
    held.value = null;
    editDraft(id, slotOf(id, "reply"), { seen: thread(id).peek().last_message?.id });
  };
  const review = () => { accept(); jumpTo(id, here.message.id); focusSoon(); };
  const anyway = () => { accept(); submit(id, "reply"); };
  return html`<div class="held" role="alert" data-testid="held"><${Icon} name="triangle-alert" />
    <span>${answeredWords(here.message)} ${t("Your answer was not sent.")}</span>
    <button type="button" class="btn s" onClick=${review}>${t("Review")}</button>
    <button type="button" class="btn s" onClick=${anyway}>${t("Send anyway")}</button></div>`;
}

/** Send what stands in the composer of a conversation. Returns whether something went. */
function submit(id, mode) {
  const newer = mode === "reply" && answeredSince(id, draftOf(id, slotOf(id, mode)).peek().seen);
  if (newer) {
    held.value = { id, message: newer };
    announce(answeredWords(newer));
    return false;
  }
  const why = sendDraft(id, mode);
  if (why) complain(why);
  if (why === "") { typingEnded(id); focusSoon(); }
  return why === "";
}

function Writing({ id, mode, onSend }) {
  const name = whoIs(thread(id).value.customer);
  const slot = slotOf(id, mode);
  const { quote, files } = draftOf(id, slot).value;
  const first = name.startsWith("+") ? name : name.split(" ")[0];
  const toThem = files.length ? t("Add a caption") : t("Write to {name}, or / for a saved reply", { name: first });
  const isNote = mode === "note";
  const words = isNote ? [t("Write a note for your team, @ to mention"), t("Note about {name}", { name })]
    : [toThem, t("Reply to {name}", { name })];
  const onFiles = (files) => takeFiles(id, files);
  const chip = (file) => html`<${FileChip} key=${file.uid} id=${id} slot=${slot} file=${file} />`;
  return html`${!isNote && html`<${HeldBar} id=${id} />`}${!isNote && quote && html`<${QuoteBar} id=${id} quote=${quote} />`}
    <${Field} key=${`${id}:${slot}`} id=${id} mode=${mode} slot=${slot} onSend=${onSend} onFiles=${onFiles} placeholder=${words[0]}
      aria-label=${words[1]} /><${Suggest} id=${id} mode=${mode} />
    ${files.length > 0 && html`<ul class="files">${files.map(chip)}</ul>`}
    <${Tools} id=${id} mode=${mode} onSend=${onSend} onFiles=${onFiles} onTemplate=${() => setMode(id, "reply", true)} />`;
}

// ---------------------------------------------------------------- the whole

/** [a module loaded when first needed, as a signal; a hook that sees to it]. */
function needed(load) {
  const found = signal(null);
  const fetch = () => load().then((module) => { found.value = module; }, () => setTimeout(fetch, 3000));
  return [found, () => useEffect(() => { if (!found.peek()) fetch(); }, [])];
}
const [shelf, useShelf] = needed(() => import("./templates.js"));
const [later, useLater] = needed(() => import("./later.js"));

const [hints, useHints] = needed(() => import("./hints.js"));

function Hints({ id }) {
  useHints();
  return hints.value && html`<${hints.value.Hints} id=${id} />`;
}

function Later({ id }) {
  useLater();
  return later.value && html`<${later.value.Scheduled} key=${id} id=${id} />`;
}

function Templates({ id, isForced }) {
  useShelf();
  const onDone = () => setMode(id, "reply");
  if (!shelf.value) return html`<p class="shut">${t("Loading templates…")}</p>`;
  return html`<${shelf.value.TemplatePicker} key=${id} id=${id} isForced=${isForced} onDone=${onDone} />`;
}

/** What leads to the field leads to what brings it back. */
const toReopen = (button) => { if (button) hooks.focusComposer = () => button.focus(); };
const Closed = ({ id }) => html`<div class="shut"><p>${t("This conversation is closed.")}</p>
  <button type="button" class="btn" ref=${toReopen} onClick=${() => { reopen(id); focusSoon(); }}>${t("Reopen to reply")}</button></div>`;

export function Composer({ id }) {
  const row = thread(id).value;
  const { mode, template } = modeOf(id);
  const isReply = mode === "reply";
  const where = channelOf(slotOf(id, "reply"));
  const isShut = isReply && !windowOf(row, where?.id).isOpen;
  const why = isReply && where ? barred(id, where) : "";
  const onSend = () => submit(id, mode);
  Object.assign(hooks, {
    mode: (next) => setMode(id, next), template: () => setMode(id, "reply", true), send: onSend,
    sendClose: () => {
      if (!submit(id, mode)) return;
      close(id);
      // This field goes; the list says where the focus goes on
      queueMicrotask(() => document.activeElement.blur());
    },
    quoteMessage: ({ id: key, text, kind, direction, author }) => {
      editDraft(id, slotOf(id, "reply"), { quote: { id: key, text, kind, direction, author } });
      setMode(id, "reply");
    },
  });
  const body = isReply && row.status === "closed" ? html`<${Closed} id=${id} />`
    : why ? html`<p class="shut" data-testid="barred">${why}.</p>`
    : isReply && (isShut || template) ? html`<${Templates} id=${id} isForced=${isShut} />`
    : html`<${Writing} id=${id} mode=${mode} onSend=${onSend} />`;
  const look = `composer ${isReply ? "" : "noting"}`;
  return html`<div class=${look} data-testid="composer" data-mode=${mode} id="composer">
    ${row.scheduled_count > 0 && html`<${Later} id=${id} />`}<${Tabs} id=${id} mode=${mode} />
    ${isReply && !why && html`<${Hints} id=${id} />`}
    <div id="composer-panel" role="tabpanel" aria-labelledby=${`tab-${mode}`}>${body}</div></div>`;
}
