// The field of the composer: what Enter does, what is pasted, the words that are offered while one types; and under it
// what can be put into an answer, how long it is, sending it, its files.
import { Icon, figure, html, prefs, signal, t, useEffect, useLayoutEffect, useRef } from "../base.js";
import { gapsIn } from "../actions.js";
import { hooks, tip } from "../commands.js";
import { detach, draftOf, editDraft, retryFile } from "../drafts.js";
import { channelOf, placeOf, slotOf } from "../places.js";
import { isTypingIn } from "../presence.js";
import { put } from "../server.js";
import { thread } from "../store.js";
import { bytes } from "../text.js";
import { lazily } from "./layers.js";

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

// ---------------------------------------------------------------- the customer sees that one writes, where their channel can show it

// As long as providers show it; saying it again sooner changes nothing
const LASTS_MS = 25_000;
// Thread id → when it was said last
const told = new Map();

/** A letter was typed into an answer. Only the channel the customer wrote on last can show it. */
function tellTyping(id) {
  const isThere = placeOf(id) === thread(id).peek()?.channel?.id;
  if (!isThere || Date.now() - (told.get(id) ?? -LASTS_MS) < LASTS_MS) return;
  told.set(id, Date.now());
  // Losing it does no harm
  put(`threads/${id}/typing`, {}).catch(() => {});
}

/** The answer went, which ends it: the next letter is told at once. */
export const typingEnded = (id) => told.delete(id);

// ---------------------------------------------------------------- the field

/** What was typed last, up to the caret, and the module that offers words for it. */
const typed = signal(null);
const helper = signal(null);
const keys = { current: null };
const loadHelper = () => import("./suggest.js").then((module) => { helper.value = module; }, () => {});

function onTyped(id, mode, field) {
  const before = field.value.slice(0, field.selectionStart);
  if (/[/@:]/.test(before) && !helper.peek()) loadHelper();
  if (mode === "reply") isTypingIn(field.value ? id : null);
  if (mode === "reply" && field.value.trim()) tellTyping(id);
  typed.value = { id, mode, before, field };
}

export function Suggest({ id, mode }) {
  const last = typed.value;
  const isHere = last?.id === id && last.mode === mode && last.field.isConnected;
  return isHere && helper.value && html`<${helper.value.Suggestions} typed=${last} keys=${keys} />`;
}

/** One field per (conversation, slot of the draft): another one is another element, so no letter can end up elsewhere. */
export function Field({ id, mode, slot, onSend, onFiles, ...words }) {
  const ref = useRef(null);
  const { text } = draftOf(id, slot).value;
  useLayoutEffect(() => {
    const field = ref.current;
    if (field.value !== text) field.value = text;
    // Measured only where there is something to measure: it costs a layout
    field.style.height = text && "auto";
    if (text) field.style.height = `${Math.min(field.scrollHeight + 2, innerHeight * 0.4)}px`;
  }, [text]);
  useLayoutEffect(() => {
    hooks.focusComposer = () => focusEnd(ref.current);
    hooks.insert = (words) => { if (!ref.current) return; ref.current.focus(); document.execCommand("insertText", false, words); };
    hooks.wrap = (sign) => wrap(ref.current, sign);
    hooks.leave = () => { ref.current.blur(); document.querySelector("[data-testid=timeline]")?.focus(); };
  });
  const onKeyDown = (event) => {
    if (!event.isComposing && keys.current?.(event)) { event.preventDefault(); return; }
    const isPlain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    // An input method takes this Enter
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || !isPlain || isComposing || !prefs.peek().enter) return;
    event.preventDefault();
    onSend();
  };
  const onPaste = (event) => {
    if (mode === "note" || !event.clipboardData.files.length) return;
    event.preventDefault();
    onFiles(event.clipboardData.files);
  };
  const onInput = ({ target }) => { editDraft(id, slot, { text: target.value }); onTyped(id, mode, target); };
  return html`<textarea ref=${ref} rows="2" dir="auto" aria-autocomplete="list" enterkeyhint=${prefs.value.enter ? "send" : "enter"} ...${words}
    onInput=${onInput} onKeyDown=${onKeyDown} onPaste=${onPaste}
    onBlur=${() => { typed.value = null; }}></textarea>`;
}

// ---------------------------------------------------------------- under it

function Tool({ name, icon, command, run, ...more }) {
  return html`<button type="button" class="iconbtn" aria-label=${name} title=${command ? tip(name, command) : name}
    onClick=${(event) => run(event.currentTarget)} ...${more}><${Icon} name=${icon} /></button>`;
}

// What counts texts, once a channel needs it
const counting = signal(null);
const count = () => import("./parts.js").then(({ Parts }) => { counting.value = { Parts }; }, () => setTimeout(count, 3000));
const later = lazily(() => import("./later.js"));
const offers = lazily(() => import("./offers.js"));
const emoji = lazily(() => import("./emoji.js"));

const recorder = lazily(() => import("./recorder.js"));
// {take, Recorder} once somebody has recorded
const recording = signal(null);
const record = (id) => recorder("record")(id).then((found) => { recording.value = found; });

/** onFiles: takes files for a reply; onTemplate: shows the templates; onSend: sends what was written. */
export function Tools({ id, mode, onSend, onFiles, onTemplate }) {
  const picker = useRef(null);
  const slot = slotOf(id, mode);
  const { text, files } = draftOf(id, slot).value;
  const where = channelOf(slot);
  const limits = where?.limits;
  const isNote = mode === "note";
  const canAttach = !isNote && Object.keys(limits?.files || {}).length > 0;
  const left = limits && !isNote ? limits.text_chars - text.length : 1000;
  const whyNot = isNote ? t("Notes carry no files") : t("{channel} carries no files", { channel: where?.label || t("This channel") });
  const onPicked = (event) => { onFiles(event.target.files); event.target.value = ""; };
  const name = t("Attach files");
  const places = (isNote ? [] : gapsIn(text)).join(", ");
  const canSpeak = !isNote && limits?.files?.voice;
  const canOffer = !isNote && limits?.offers?.length > 0;
  const offer = () => offers("openOffers")(id);
  const sign = (anchor) => emoji("openEmoji")(anchor, document.querySelector(".composer textarea"), hooks.insert);
  const wait = (anchor) => later("pickLater")(id, anchor);
  useEffect(() => { if (limits?.alphabet && !counting.peek()) count(); }, [limits?.alphabet]);
  // Only while they stand here, so that no command reaches a conversation left behind
  useEffect(() => {
    const hook = { emoji: sign, later: isNote ? null : wait, record: canSpeak ? () => record(id) : null, offers: canOffer ? offer : null };
    Object.assign(hooks, hook);
    return () => Object.keys(hook).forEach((key) => { hooks[key] = null; });
  });
  if (canSpeak && recording.value?.take.value?.id === id) return html`<${recording.value.Recorder} id=${id} />`;
  return html`<div class="tools">
    <${Tool} name=${name} icon="paperclip" disabled=${!canAttach} title=${canAttach ? name : whyNot} run=${() => picker.current.click()} />
    <input ref=${picker} type="file" multiple hidden data-testid="attach-input" onChange=${onPicked} />
    ${!isNote && limits?.needs_template && html`<${Tool} name=${t("Send a template")} icon="layout-template" command="template" run=${onTemplate} />`}
    <${Tool} name=${t("Emoji")} icon="smile" command="emoji" run=${sign} data-testid="pick-emoji" />
    ${canSpeak && html`<${Tool} name=${t("Record a voice note")} icon="mic" command="record" run=${() => record(id)} data-testid="record" />`}
    ${canOffer && html`<${Tool} name=${t("Send something else")} icon="plus" command="offers" run=${offer} data-testid="offers" />`}
    <${Tool} name=${t("Run a macro")} icon="zap" command="macro" run=${(anchor) => hooks.macro(id, anchor)} data-testid="macros" />
    ${places && html`<span class="left bad" data-testid="gaps">${t("Fill in {places}", { places })}</span>`}
    ${!isNote && limits?.alphabet && counting.value && html`<${counting.value.Parts} text=${text.trim()} alphabet=${limits.alphabet} />`}
    ${left < 200 && html`<span class=${`left ${left < 0 ? "bad" : ""}`}>${figure(left)}</span>`}
    <span class="end">${!isNote && html`<${Tool} name=${t("Send later")} icon="alarm-clock" command="later" run=${wait} data-testid="later"
      disabled=${!text.trim() && !files.length} />`}
    <button type="button" class="btn primary" data-testid="send" onClick=${onSend}>${isNote ? t("Add note") : t("Send")}
      <kbd>${prefs.value.enter ? "↵" : "⌃↵"}</kbd></button></span></div>`;
}

// ---------------------------------------------------------------- a file on its way up

/** A file in the composer: what it is, how far it got, what can be done. */
export function FileChip({ id, slot, file: { uid, name, size, kind, state, progress, thumb, problem, attachment, file } }) {
  const picture = thumb || (kind === "image" && attachment?.preview_url);
  const isUp = state === "uploading";
  const percent = t("{n} % of {size}", { n: Math.round(progress * 100), size: bytes(size) });
  const words = { uploading: percent, ready: bytes(size), failed: problem }[state];
  const button = (word, icon, run) => html`<button type="button" class="iconbtn s" aria-label=${word} title=${word}
    onClick=${run}><${Icon} name=${icon} /></button>`;
  const off = isUp ? t("Cancel upload of {name}", { name }) : t("Remove {name}", { name });
  return html`<li class=${`file ${state}`} data-testid="file-chip" data-state=${state}>
    ${picture ? html`<img src=${picture} alt="" />` : html`<span class="doc-icon"><${Icon} name="file-text" /></span>`}
    <span class="file-words"><b dir="auto">${name}</b><small>${words}</small></span>
    ${isUp && html`<progress value=${progress} max="1" aria-label=${t("Uploading {name}", { name })}></progress>`}
    ${state === "failed" && file && button(t("Upload again"), "refresh-cw", () => retryFile(id, slot, uid))}
    ${button(off, "x", () => detach(id, slot, uid))}</li>`;
}
