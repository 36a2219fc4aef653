// Where answers are written: reply or note, quote, files, the channel's rules, and what to do when it is closed.
import { Icon, Mark, announce, html, prefs, signal, t, toast, useEffect, useLayoutEffect, useRef } from "../base.js";
import { close, quoteOf, reopen, sendDraft, whoSaid, windowOf } from "../actions.js";
import { hooks, tip } from "../commands.js";
import { attach, draftOf, editDraft } from "../drafts.js";
import { channel, directory, thread } from "../store.js";
import { inOneLine, phone, span, whoIs } from "../text.js";
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

/** Send what stands in the composer of a conversation. Returns whether something went. */
function submit(id, mode) {
  const why = sendDraft(id, mode);
  if (why) complain(why);
  if (why === "") focusSoon();
  return why === "";
}

// ---------------------------------------------------------------- the field

/** Put signs around the selected words, so that the browser's own undo still works. */
function wrap(field, sign) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  document.execCommand("insertText", false, sign + value.slice(from, to) + sign);
  field.setSelectionRange(from + 1, to + 1);
}

/** Focus with the caret behind the words; browsers put it before words that were set for them. */
function focusEnd(field) {
  field?.focus();
  if (field && !field.selectionEnd) field.setSelectionRange(field.value.length, field.value.length);
}

/** One field per (conversation, mode): another one is another element, so no letter can end up elsewhere. */
function Field({ id, mode, onSend, ...words }) {
  const ref = useRef(null);
  const { text } = draftOf(id, mode).value;
  useLayoutEffect(() => {
    const field = ref.current;
    if (field.value !== text) field.value = text;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, innerHeight * 0.4)}px`;
  }, [text]);
  useLayoutEffect(() => {
    hooks.focusComposer = () => focusEnd(ref.current);
    hooks.wrap = (sign) => wrap(ref.current, sign);
    hooks.leave = () => { ref.current.blur(); document.querySelector("[data-testid=timeline]")?.focus(); };
  });
  const onKeyDown = (event) => {
    const isPlain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    const isComposing = event.isComposing || event.keyCode === 229; // an input method takes this Enter
    if (event.key !== "Enter" || !isPlain || isComposing || !prefs.peek().enter) return;
    event.preventDefault();
    onSend();
  };
  const onPaste = (event) => {
    if (mode === "note" || !event.clipboardData.files.length) return;
    event.preventDefault();
    takeFiles(id, event.clipboardData.files);
  };
  const onInput = (event) => editDraft(id, mode, { text: event.target.value });
  return html`<textarea ref=${ref} rows="2" dir="auto" enterkeyhint=${prefs.value.enter ? "send" : "enter"} ...${words}
    onInput=${onInput} onKeyDown=${onKeyDown} onPaste=${onPaste}></textarea>`;
}

/** Names that go on what was typed after "@" at the end of a note. */
function Mentions({ id }) {
  const { text } = draftOf(id, "note").value;
  const want = /@(\p{L}*)$/u.exec(text)?.[1].toLowerCase();
  const fits = (one) => one.is_active && one.name.toLowerCase().startsWith(want);
  const found = want === undefined ? [] : directory.value.members.filter(fits).slice(0, 5);
  const take = (name) => () => {
    editDraft(id, "note", { text: `${text.slice(0, text.length - want.length)}${name} ` });
    focusSoon();
  };
  const chip = ({ id: key, name }) => html`<button type="button" class="chip" key=${key} onClick=${take(name)}>
    @${name}</button>`;
  if (!found.length) return null;
  return html`<div class="mentions" role="group" aria-label=${t("Mention")}>${found.map(chip)}</div>`;
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
  return html`<div class="tools"><button type="button" class="iconbtn" aria-label=${name} disabled=${!canAttach}
      title=${canAttach ? name : whyNot} onClick=${() => picker.current.click()}><${Icon} name="paperclip" /></button>
    <input ref=${picker} type="file" multiple hidden data-testid="attach-input" onChange=${onFiles} />
    ${!isNote && limits?.needs_template && html`<button type="button" class="iconbtn" aria-label=${t("Send a template")}
      title=${tip(t("Send a template"), "template")} onClick=${() => setMode(id, "reply", true)}>
      <${Icon} name="layout-template" /></button>`}
    ${left < 200 && html`<span class=${`left ${left < 0 ? "bad" : ""}`}>${left.toLocaleString()}</span>`}
    <button type="button" class="btn primary" data-testid="send" onClick=${onSend}>${isNote ? t("Add note") : t("Send")}
      <kbd>${prefs.value.enter ? "↵" : "⌃↵"}</kbd></button></div>`;
}

function Writing({ id, mode, onSend }) {
  const name = whoIs(thread(id).value.customer);
  const { quote, files } = draftOf(id, mode).value;
  const toThem = files.length ? t("Add a caption") : t("Write to {name}", { name: name.startsWith("+") ? name : name.split(" ")[0] });
  const isNote = mode === "note";
  const words = isNote ? [t("Write a note for your team, @ to mention"), t("Note about {name}", { name })]
    : [toThem, t("Reply to {name}", { name })];
  const chip = (file) => html`<${FileChip} key=${file.uid} id=${id} file=${file} />`;
  return html`${!isNote && quote && html`<${QuoteBar} id=${id} quote=${quote} />`}
    <${Field} key=${`${id}:${mode}`} id=${id} mode=${mode} onSend=${onSend} placeholder=${words[0]}
      aria-label=${words[1]} />${isNote && html`<${Mentions} id=${id} />`}
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
