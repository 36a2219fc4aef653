// Where answers are written: reply or note, quote, files, the channel's rules, and what to do when it is closed.
import { Icon, Mark, announce, html, prefs, signal, t, toast, useEffect, useRef } from "../base.js";
import { answeredSince, close, gapsIn, quoteOf, reopen, sendDraft, whoSaid, windowOf } from "../actions.js";
import { hooks, tip } from "../commands.js";
import { attach, draftOf, editDraft } from "../drafts.js";
import { channel, thread } from "../store.js";
import { answeredWords, inOneLine, phone, span, whoIs } from "../text.js";
import { jumpTo } from "../timelines.js";
import { Field, Suggest } from "./field.js";
import { FileChip } from "./pieces.js";

// ---------------------------------------------------------------- reply or note

const modes = new Map(); // thread id → reply | note, while the page lives
const now = signal({ id: null, mode: "reply", template: false });
const modeOf = (id) => (now.value.id === id ? now.value : { id, mode: modes.get(id) || "reply", template: false });
const focusSoon = () => requestAnimationFrame(() => hooks.focusComposer?.());

function setMode(id, mode, template = false) {
  now.value = { id, mode, template };
  modes.set(id, mode);
  focusSoon();
}

function WindowChip({ row }) {
  const { isOpen, left, isSoon } = windowOf(row);
  if (left === null) return null;
  const words = isOpen ? t("{time} to answer freely", { time: span(left) }) : t("Reply window closed");
  return html`<span class=${`window ${!isOpen ? "over" : isSoon ? "soon" : ""}`} data-testid="window-chip">
    <${Icon} name=${isOpen ? "clock" : "lock"} />${words}</span>`;
}

function ViaChannel({ row }) {
  const where = channel(row.channel?.id);
  const [first] = row.customer.addresses;
  const to = first?.kind === "phone" ? phone(first.value) : first?.value;
  return where && html`<span class="via-channel" title=${`${where.label} · ${where.address || where.name}`}>
    <${Mark} kind=${where.kind} /><span>${where.label} · <bdi>${to || where.name}</bdi></span></span>`;
}

function Tabs({ id, mode, isShut }) {
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
      : html`<${WindowChip} row=${row} />`}${mode === "reply" && !isShut && html`<${ViaChannel} row=${row} />`}</div>`;
}

// ---------------------------------------------------------------- quote and files

function QuoteBar({ id, quote }) {
  const message = quoteOf(id, quote);
  const [icon, words] = inOneLine({ kind: "text", text: "", ...message });
  return html`<div class="quote-bar" data-testid="quote-bar">
    <span class="quote"><b dir="auto">${whoSaid(id, message)}</b>
      <span dir="auto">${icon && html`<${Icon} name=${icon} />`}${words}</span></span>
    <button type="button" class="iconbtn s" aria-label=${t("Remove quote")}
      onClick=${() => editDraft(id, "reply", { quote: null })}><${Icon} name="x" /></button></div>`;
}

const complain = (why) => { toast(why, { tone: "danger" }); announce(why); };

/** Take files for a reply; say why some cannot go. */
export function takeFiles(id, files) {
  const row = thread(id).peek();
  if (!files.length || row.status === "closed" || !windowOf(row).isOpen) return;
  setMode(id, "reply");
  attach(id, "reply", [...files]).forEach(complain);
}

/** The answer of a colleague that keeps a reply from going: {id, message} or null. */
const held = signal(null);

function HeldBar({ id }) {
  const here = held.value;
  if (here?.id !== id) return null;
  const accept = () => {
    held.value = null;
    editDraft(id, "reply", { seen: thread(id).peek().last_message?.id });
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
  const newer = mode === "reply" && answeredSince(id, draftOf(id, mode).peek().seen);
  if (newer) {
    held.value = { id, message: newer };
    announce(answeredWords(newer));
    return false;
  }
  const why = sendDraft(id, mode);
  if (why) complain(why);
  if (why === "") focusSoon();
  return why === "";
}

function Tools({ id, mode, onSend }) {
  const picker = useRef(null);
  const { text } = draftOf(id, mode).value;
  const limits = channel(thread(id).value.channel?.id)?.limits;
  const isNote = mode === "note";
  const canAttach = !isNote && Object.keys(limits?.files || {}).length > 0;
  const left = limits && !isNote ? limits.text_chars - text.length : 1000;
  const whyNot = isNote ? t("Notes carry no files") : t("This channel carries no files");
  const onFiles = (event) => { takeFiles(id, event.target.files); event.target.value = ""; };
  const name = t("Attach files");
  const gaps = isNote ? [] : gapsIn(text);
  const places = gaps.join(", ");
  return html`<div class="tools"><button type="button" class="iconbtn" aria-label=${name} disabled=${!canAttach}
      title=${canAttach ? name : whyNot} onClick=${() => picker.current.click()}><${Icon} name="paperclip" /></button>
    <input ref=${picker} type="file" multiple hidden data-testid="attach-input" onChange=${onFiles} />
    ${!isNote && limits?.needs_template && html`<button type="button" class="iconbtn" aria-label=${t("Send a template")}
      title=${tip(t("Send a template"), "template")} onClick=${() => setMode(id, "reply", true)}>
      <${Icon} name="layout-template" /></button>`}
    ${gaps.length > 0 && html`<span class="left bad" data-testid="gaps">${t("Fill in {places}", { places })}</span>`}
    ${left < 200 && html`<span class=${`left ${left < 0 ? "bad" : ""}`}>${left.toLocaleString()}</span>`}
    <button type="button" class="btn primary" data-testid="send" onClick=${onSend}>${isNote ? t("Add note") : t("Send")}
      <kbd>${prefs.value.enter ? "↵" : "⌃↵"}</kbd></button></div>`;
}

function Writing({ id, mode, onSend }) {
  const name = whoIs(thread(id).value.customer);
  const { quote, files } = draftOf(id, mode).value;
  const first = name.startsWith("+") ? name : name.split(" ")[0];
  const toThem = files.length ? t("Add a caption") : t("Write to {name}, or / for a saved reply", { name: first });
  const isNote = mode === "note";
  const words = isNote ? [t("Write a note for your team, @ to mention"), t("Note about {name}", { name })]
    : [toThem, t("Reply to {name}", { name })];
  const onFiles = (files) => takeFiles(id, files);
  const chip = (file) => html`<${FileChip} key=${file.uid} id=${id} file=${file} />`;
  return html`${!isNote && html`<${HeldBar} id=${id} />`}${!isNote && quote && html`<${QuoteBar} id=${id} quote=${quote} />`}
    <${Field} key=${`${id}:${mode}`} id=${id} mode=${mode} onSend=${onSend} onFiles=${onFiles} placeholder=${words[0]}
      aria-label=${words[1]} /><${Suggest} id=${id} mode=${mode} />
    ${files.length > 0 && html`<ul class="files">${files.map(chip)}</ul>`}
    <${Tools} id=${id} mode=${mode} onSend=${onSend} />`;
}

// ---------------------------------------------------------------- the whole

const shelf = signal(null); // the template picker's module, loaded when first needed
const keepShelf = (module) => { shelf.value = module; };
const loadShelf = () => import("./templates.js").then(keepShelf, () => setTimeout(loadShelf, 3000));

function Templates({ id, isForced }) {
  useEffect(() => { if (!shelf.peek()) loadShelf(); }, []);
  const onDone = () => setMode(id, "reply");
  if (!shelf.value) return html`<p class="shut">${t("Loading templates…")}</p>`;
  return html`<${shelf.value.TemplatePicker} key=${id} id=${id} isForced=${isForced} onDone=${onDone} />`;
}

const Closed = ({ id }) => html`<div class="shut"><p>${t("This conversation is closed.")}</p>
  <button type="button" class="btn" onClick=${() => reopen(id)}>${t("Reopen to reply")}</button></div>`;

export function Composer({ id }) {
  const row = thread(id).value;
  const { mode, template } = modeOf(id);
  const isReply = mode === "reply";
  const isShut = isReply && !windowOf(row).isOpen;
  const onSend = () => submit(id, mode);
  Object.assign(hooks, {
    mode: (next) => setMode(id, next), template: () => setMode(id, "reply", true), send: onSend,
    sendClose: () => { if (submit(id, mode)) close(id); },
    quoteMessage: ({ id: key, text, kind, direction, author }) => {
      editDraft(id, "reply", { quote: { id: key, text, kind, direction, author } });
      setMode(id, "reply");
    },
    giveBack: ({ thread_id: where, mode: which, body }) => {
      const { text } = draftOf(where, which).peek();
      editDraft(where, which, { text: [body.text, text].filter(Boolean).join("\n") });
    },
  });
  const body = isReply && row.status === "closed" ? html`<${Closed} id=${id} />`
    : isReply && (isShut || template) ? html`<${Templates} id=${id} isForced=${isShut} />`
    : html`<${Writing} id=${id} mode=${mode} onSend=${onSend} />`;
  const look = `composer ${isReply ? "" : "noting"}`;
  return html`<div class=${look} data-testid="composer" data-mode=${mode} id="composer">
    <${Tabs} id=${id} mode=${mode} isShut=${isShut} />
    <div id="composer-panel" role="tabpanel" aria-labelledby=${`tab-${mode}`}>${body}</div></div>`;
}
