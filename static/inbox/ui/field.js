// The field of the composer: what Enter does, what is pasted, and the words that are offered while one types.
import { html, prefs, signal, useLayoutEffect, useRef } from "../base.js";
import { hooks } from "../commands.js";
import { draftOf, editDraft } from "../drafts.js";
import { placeOf } from "../places.js";
import { isTypingIn } from "../presence.js";
import { put } from "../server.js";
import { thread } from "../store.js";

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
  if (mode === "reply") isTypingIn(id);
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
