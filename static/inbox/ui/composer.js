// Where answers are written: reply or note, quote, files, the channel's rules, and what to do when it is closed.
import { Icon, Mark, announce, html, now, prefs, signal, t, toast, useLayoutEffect, useRef, useState } from "../base.js";
import { close, oops, reopen } from "../actions.js";
import { hooks, tip } from "../commands.js";
import { attach, clearDraft, detach, draftOf, editDraft, judge, retryFile } from "../drafts.js";
import { send } from "../outbox.js";
import { channel, directory, findMessage, session, thread } from "../store.js";
import { bytes, inOneLine, phone, span } from "../text.js";

import { TemplatePicker } from "./templates.js";

/** reply | note, kept per conversation while the page lives. */
const modes = new Map();
const mode = signal({ id: null, mode: "reply", template: false });
const CLOSING_MS = 4 * 3_600_000;

export const modeOf = (id) => (mode.value.id === id ? mode.value : { id, mode: modes.get(id) || "reply", template: false });
function setMode(id, patch) {
  mode.value = { ...modeOf(id), ...patch };
  modes.set(id, mode.peek().mode);
}

/** {isOpen, left}: whether a free reply may go now, and for how many ms more (null: no limit). */
export function windowOf(row) {
  const limits = channel(row.channel?.id)?.limits;
  if (!limits?.needs_template) return { isOpen: true, left: null };
  const left = row.window_until ? Date.parse(row.window_until) - now.value : 0;
  return { isOpen: left > 0, left };
}

export function WindowChip({ row }) {
  const { isOpen, left } = windowOf(row);
  if (left === null) return null;
  if (!isOpen) return html`<span class="window over" data-testid="window-chip"><${Icon} name="lock" />${t("Reply window closed")}</span>`;
  return html`<span class=${`window ${left < CLOSING_MS ? "soon" : ""}`} data-testid="window-chip"><${Icon} name="clock" />${t("{time} to answer freely", { time: span(left) })}</span>`;
}

const quoteOf = (id, quote) => quote && (findMessage(id, quote.id) || quote);

function QuoteBar({ id, quote, onDrop }) {
  const message = quoteOf(id, quote);
  const [icon, words] = inOneLine({ kind: "text", text: "", ...message });
  const who = message.direction === "outbound" ? message.author?.name || session.value.tenant.name : thread(id).value.customer.name;
  return html`<div class="quote-bar" data-testid="quote-bar"><span class="quote"><b dir="auto">${message.direction ? who : t("Quoted message")}</b><span dir="auto">${icon && html`<${Icon} name=${icon} />`}${words}</span></span>
    <button type="button" class="iconbtn s" aria-label=${t("Remove quote")} onClick=${onDrop}><${Icon} name="x" /></button></div>`;
}

function FileChip({ id, file }) {
  const { uid, name, size, state, progress, thumb, problem, attachment } = file;
  const note = { uploading: t("{n} % of {size}", { n: Math.round(progress * 100), size: bytes(size) }), ready: bytes(size), failed: problem }[state];
  const picture = thumb || (file.kind === "image" && attachment?.preview_url);
  return html`<li class=${`file ${state}`} data-testid="file-chip" data-state=${state}>${picture ? html`<img src=${picture} alt="" />` : html`<span class="doc-icon"><${Icon} name="file-text" /></span>`}
    <span class="file-words"><b dir="auto">${name}</b><small>${note}</small></span>${state === "uploading" && html`<progress value=${progress} max="1" aria-label=${t("Uploading {name}", { name })}></progress>`}
    ${state === "failed" && file.file && html`<button type="button" class="iconbtn s" aria-label=${t("Upload again")} title=${t("Upload again")} onClick=${() => retryFile(id, "reply", uid)}><${Icon} name="refresh-cw" /></button>`}
    <button type="button" class="iconbtn s" aria-label=${state === "uploading" ? t("Cancel upload of {name}", { name }) : t("Remove {name}", { name })} onClick=${() => detach(id, "reply", uid)}><${Icon} name="x" /></button></li>`;
}

/** Take files for a reply; say why some cannot go. */
export function takeFiles(id, files) {
  if (!files.length || !windowOf(thread(id).peek()).isOpen || thread(id).peek().status === "closed") return;
  setMode(id, { mode: "reply", template: false });
  const reasons = attach(id, "reply", [...files]);
  for (const reason of reasons) { toast(reason, { tone: "danger" }); announce(reason); }
  hooks.focusComposer?.();
}

// ---------------------------------------------------------------- sending

/** Why a draft cannot go now, or "". */
function obstacle(row, draft, isNote) {
  const limits = channel(row.channel?.id)?.limits;
  if (!draft.text.trim() && !draft.files.length) return t("Write something first.");
  if (isNote || !limits) return "";
  const max = draft.files.length ? limits.caption_chars : limits.text_chars;
  if (draft.files.some((file) => file.state === "uploading")) return t("A file is still on its way up. Send when it is there.");
  if (draft.files.some((file) => file.state === "failed")) return t("A file could not be uploaded. Try it again or remove it.");
  if (!draft.files.length && draft.text.length > max) return t("The text has {n} characters too many.", { n: draft.text.length - max });
  const bad = draft.files.map((file) => judge({ name: file.name, size: file.size, type: file.attachment.mime }, limits, "")).find((one) => one.problem);
  return bad ? bad.problem : "";
}

const quoted = (id, quote) => {
  const message = quoteOf(id, quote);
  return message && { reply_to: { id: message.id, text: message.text || "", kind: message.kind || "text", author: message.direction === "outbound" ? message.author?.name : thread(id).peek().customer.name } };
};

/** One message per file, the text as the first one's caption where a caption can stand; else a message of its own. */
function sendReply(id, draft, limits) {
  const text = draft.text.trim();
  const first = draft.files[0];
  const canCaption = first && !["audio", "voice", "sticker"].includes(first.kind) && text.length <= (limits?.caption_chars ?? 0);
  const reply = draft.quote ? { reply_to: draft.quote.id } : {};
  draft.files.forEach((file, i) => {
    const caption = i === 0 && canCaption ? text : "";
    send(id, "reply", { text: caption, attachment_ids: [file.attachment.id], ...(i === 0 ? reply : {}) }, { kind: file.kind, attachments: [file.attachment], ...(i === 0 ? quoted(id, draft.quote) : {}) });
  });
  if (text && !canCaption) send(id, "reply", { text, ...(first ? {} : reply) }, first ? {} : { ...quoted(id, draft.quote) });
}

/** Members named with @ in a note, by id. */
const mentionsIn = (text) => directory.peek().members.filter((one) => text.includes(`@${one.name}`)).map((one) => one.id);

/** Send what stands in the composer of a conversation. Returns whether something went. */
function submit(id, which) {
  const row = thread(id).peek();
  const draft = draftOf(id, which).peek();
  const why = obstacle(row, draft, which === "note");
  if (why) { if (draft.text.trim() || draft.files.length) { toast(why, { tone: "danger" }); announce(why); } return false; }
  if (which === "note") send(id, "note", { text: draft.text.trim(), mentions: mentionsIn(draft.text) });
  else sendReply(id, draft, channel(row.channel?.id)?.limits);
  clearDraft(id, which);
  return true;
}

// ---------------------------------------------------------------- the field

/** Put signs around the selected words, so that the browser's own undo still works. */
function wrap(field, sign) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  document.execCommand("insertText", false, sign + value.slice(from, to) + sign);
  field.setSelectionRange(from + 1, to + 1);
}

function grow(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, innerHeight * 0.4)}px`;
}

/** One field per (conversation, mode): another one is another element, so no letter can end up elsewhere. */
function Field({ id, which, placeholder, label, onSend }) {
  const ref = useRef(null);
  const { text } = draftOf(id, which).value;
  useLayoutEffect(() => { const field = ref.current; if (field.value !== text) field.value = text; grow(field); }, [text]);
  useLayoutEffect(() => {
    hooks.focusComposer = () => ref.current?.focus();
    hooks.wrap = (sign) => wrap(ref.current, sign);
    hooks.leave = () => { ref.current.blur(); document.querySelector("[data-testid=timeline]")?.focus(); };
  });
  const onKeyDown = (event) => {
    if (event.isComposing || event.keyCode === 229 || event.key !== "Enter" || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!prefs.peek().enter) return;
    event.preventDefault();
    onSend();
  };
  const onPaste = (event) => { if (which === "reply" && event.clipboardData.files.length) { event.preventDefault(); takeFiles(id, event.clipboardData.files); } };
  return html`<textarea ref=${ref} rows="2" dir="auto" aria-label=${label} placeholder=${placeholder} enterkeyhint=${prefs.value.enter ? "send" : "enter"}
    onInput=${(event) => editDraft(id, which, { text: event.target.value })} onKeyDown=${onKeyDown} onPaste=${onPaste}></textarea>`;
}

function MentionHint({ id }) {
  const { text } = draftOf(id, "note").value;
  const want = text.match(/@([\p{L}]*)$/u)?.[1];
  if (want === undefined) return null;
  const found = directory.value.members.filter((one) => one.is_active && one.name.toLowerCase().startsWith(want.toLowerCase())).slice(0, 5);
  const take = (one) => { editDraft(id, "note", { text: `${text.slice(0, text.length - want.length)}${one.name} ` }); hooks.focusComposer?.(); };
  return found.length > 0 && html`<div class="mentions" role="group" aria-label=${t("Mention")}>${found.map((one) => html`<button type="button" class="chip" key=${one.id} onClick=${() => take(one)}>@${one.name}</button>`)}</div>`;
}

function Tools({ id, which, limits, count, onSend }) {
  const picker = useRef(null);
  const isNote = which === "note";
  const canAttach = !isNote && Object.keys(limits?.files || {}).length > 0;
  const why = isNote ? t("Notes carry no files") : t("This channel carries no files");
  const left = limits && !isNote ? limits.text_chars - count : null;
  return html`<div class="tools">
    <button type="button" class="iconbtn" aria-label=${t("Attach files")} title=${canAttach ? t("Attach files") : why} disabled=${!canAttach} onClick=${() => picker.current.click()}><${Icon} name="paperclip" /></button>
    <input ref=${picker} type="file" multiple hidden data-testid="attach-input" onChange=${(event) => { takeFiles(id, event.target.files); event.target.value = ""; }} />
    ${!isNote && limits?.needs_template && html`<button type="button" class="iconbtn" aria-label=${t("Send a template")} title=${tip(t("Send a template"), "template")} onClick=${() => setMode(id, { template: true })}><${Icon} name="layout-template" /></button>`}
    ${left !== null && left < 200 && html`<span class=${`left ${left < 0 ? "bad" : ""}`}>${left.toLocaleString()}</span>`}
    <button type="button" class="btn primary" data-testid="send" onClick=${onSend}>${isNote ? t("Add note") : t("Send")}<kbd>${prefs.value.enter ? "↵" : "⌃↵"}</kbd></button></div>`;
}

const addressOf = ({ customer: { addresses: [first] } }) => (first?.kind === "phone" ? phone(first.value) : first?.value);

function Tabs({ id, which, isShut }) {
  const tab = (key, name, shortcut) => html`<button type="button" class="tab" role="tab" id=${`tab-${key}`} aria-selected=${which === key} aria-controls="composer-panel" tabindex=${which === key ? 0 : -1} data-testid=${`mode-${key}`} title=${tip(name, shortcut)}
    onClick=${() => { setMode(id, { mode: key, template: false }); requestAnimationFrame(() => hooks.focusComposer?.()); }}>${key === "note" && html`<${Icon} name="lock" />`}${name}</button>`;
  const onKeyDown = (event) => { if (["ArrowLeft", "ArrowRight"].includes(event.key)) { event.preventDefault(); const to = which === "reply" ? "note" : "reply"; setMode(id, { mode: to, template: false }); requestAnimationFrame(() => document.getElementById(`tab-${to}`)?.focus()); } };
  const row = thread(id).value;
  const where = channel(row.channel?.id);
  return html`<div class="composer-top"><div role="tablist" aria-label=${t("Write")} onKeyDown=${onKeyDown}>${tab("reply", t("Reply"), "reply")}${tab("note", t("Note"), "note")}</div>
    ${which === "reply" ? html`<${WindowChip} row=${row} />` : html`<span class="window">${t("Only your team sees this")}</span>`}
    ${which === "reply" && where && !isShut && html`<span class="via-channel" title=${`${where.label} · ${where.address || where.name}`}><${Mark} kind=${where.kind} /><span>${where.label} · <bdi>${addressOf(row) || where.name}</bdi></span></span>`}</div>`;
}

export function Composer({ id }) {
  const row = thread(id).value;
  const { mode: which, template } = modeOf(id);
  const draft = draftOf(id, which).value;
  const isNote = which === "note";
  const isShut = !isNote && !windowOf(row).isOpen;
  const isClosed = !isNote && row.status === "closed";
  const [says, setSays] = useState(0);
  const onSend = () => { if (submit(id, which)) hooks.focusComposer?.(); else setSays(says + 1); };
  hooks.mode = (next) => { setMode(id, { mode: next, template: false }); requestAnimationFrame(() => hooks.focusComposer?.()); };
  hooks.template = () => { setMode(id, { mode: "reply", template: true }); requestAnimationFrame(() => document.querySelector(".template-picker input")?.focus()); };
  hooks.send = onSend;
  hooks.sendClose = () => { if (submit(id, which)) close(id); };
  hooks.quoteMessage = (message) => { const { id: mid, text, kind, direction, author } = message; setMode(id, { mode: "reply", template: false }); editDraft(id, "reply", { quote: { id: mid, text, kind, direction, author } }); requestAnimationFrame(() => hooks.focusComposer?.()); };
  hooks.giveBack = (item) => { const old = draftOf(item.thread_id, item.mode).peek(); editDraft(item.thread_id, item.mode, { text: [item.body.text, old.text].filter(Boolean).join("\n") }); };
  const first = row.customer.name.split(" ")[0];
  const placeholder = isNote ? t("Write a note for your team, @ to mention") : draft.files.length ? t("Add a caption") : t("Write to {name}", { name: first });
  const field = html`${draft.quote && !isNote && html`<${QuoteBar} id=${id} quote=${draft.quote} onDrop=${() => editDraft(id, "reply", { quote: null })} />`}
    <${Field} key=${`${id}:${which}`} id=${id} which=${which} onSend=${onSend} placeholder=${placeholder} label=${isNote ? t("Note about {name}", { name: row.customer.name }) : t("Reply to {name}", { name: row.customer.name })} />
    ${isNote && html`<${MentionHint} id=${id} />`}${!isNote && draft.files.length > 0 && html`<ul class="files">${draft.files.map((file) => html`<${FileChip} key=${file.uid} id=${id} file=${file} />`)}</ul>`}
    <${Tools} id=${id} which=${which} limits=${channel(row.channel?.id)?.limits} count=${draft.text.length} onSend=${onSend} />`;
  const closed = html`<div class="shut"><p>${t("This conversation is closed.")}</p><button type="button" class="btn" onClick=${() => reopen(id).catch(oops)}>${t("Reopen to reply")}</button></div>`;
  return html`<div class=${`composer ${isNote ? "noting" : ""}`} data-testid="composer" data-mode=${which} id="composer"><${Tabs} id=${id} which=${which} isShut=${isShut} />
    <div id="composer-panel" role="tabpanel" aria-labelledby=${`tab-${which}`}>${isClosed ? closed : isShut || (template && !isNote) ? html`<${TemplatePicker} key=${id} id=${id} isForced=${isShut} onDone=${() => setMode(id, { template: false })} />` : field}</div></div>`;
}

