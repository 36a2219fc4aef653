// Letting the customer see that an answer is being written, where their channel can show it.
import { placeOf } from "./places.js";
import { put } from "./server.js";
import { thread } from "./store.js";

const LASTS_MS = 25_000; // as long as providers show it; saying it again sooner changes nothing
const told = new Map(); // thread id → when it was said last

/** A letter was typed into an answer. Only the channel the customer wrote on last can show it. */
export function tellTyping(id) {
  const isThere = placeOf(id) === thread(id).peek()?.channel?.id;
  if (!isThere || Date.now() - (told.get(id) ?? -LASTS_MS) < LASTS_MS) return;
  told.set(id, Date.now());
  put(`threads/${id}/typing`, {}).catch(() => {}); // losing it does no harm
}

/** The answer went, which ends it: the next letter is told at once. */
export const typingEnded = (id) => told.delete(id);
