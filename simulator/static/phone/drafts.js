// What is being written, per chat: text, quoted message, message being edited, files waiting to be sent.
// It survives switching chats and a reload of the tab (files do not survive a reload).
import { effect } from "@preact/signals";
import { drafts, openKey } from "./state.js";

const KEPT = "phone.drafts";
const EMPTY = { text: "", quote: null, edit: null, files: [] };

/** The draft of the open chat. */
export const draftNow = () => drafts.value.get(openKey.value) ?? EMPTY;

/** Change some fields of the open chat's draft. */
export function setDraft(fields, key = openKey.value) {
  if (key) drafts.value = new Map(drafts.value).set(key, { ...(drafts.value.get(key) ?? EMPTY), ...fields });
}

/** Quote a message in the next one. */
export function startReply(message) {
  if (message.local || message.revoked_at) return;
  setDraft({ quote: message, edit: null });
  focusComposer();
}

/** Put a sent text back into the composer to correct it. */
export function startEdit(message) {
  setDraft({ edit: message, quote: null, text: message.text });
  focusComposer();
}

export function focusComposer() {
  requestAnimationFrame(() => document.getElementById("composer")?.focus());
}

function restore() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    drafts.value = new Map(kept.map(([key, text]) => [key, { ...EMPTY, text }]));
  } catch { /* an unreadable draft is no draft */ }
}

restore();
effect(() => {
  const texts = [...drafts.value].filter(([, d]) => d.text && !d.edit).map(([key, d]) => [key, d.text]);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(texts));
  } catch { /* storage is off or full: drafts then live as long as the page */ }
});
