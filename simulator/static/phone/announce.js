// One polite live region for the whole page.
import { signal } from "@preact/signals";

export const spoken = signal("");
export const notice = signal(null); // {text, action?, id}: also shown

let turn = 0;

/** Say a sentence to a screen reader, once. */
export function announce(text) {
  turn += 1;
  // A changing invisible mark makes the same sentence speak twice when it happens twice.
  spoken.value = text + (turn % 2 ? "" : "\u200b");
}

/** Show a sentence at the foot of the page for a while, and say it. */
export function show(text) {
  const id = ++turn;
  notice.value = { id, text };
  announce(text);
  setTimeout(() => { if (notice.value?.id === id) notice.value = null; }, 6000);
}
