// Loading messages of a chat, and telling the simulator that a person looks at it.
import { apply, applyAll, record } from "./apply.js";
import { getCustomer, getMessages, setOpen, Unreachable } from "./api.js";
import { chatKey, chats, missing, openKey, openNumber, phones, place, threads, watched } from "./state.js";

const olderAsked = new Set();

/** Fetch the newest page of a chat. What happens meanwhile may be newer than the answer: it is told again after it. */
export async function loadThread(channel, number) {
  const known = threads.value.get(chatKey(channel, number));
  if (!known) apply({ type: "thread", data: { channel, number, messages: [], phase: "loading" } });
  const meanwhile = record();
  try {
    const answer = await getMessages(channel, number);
    applyAll([{ type: "thread", data: { channel, number, ...answer } }, ...meanwhile()]);
  } catch (error) {
    meanwhile();
    if (!known) apply({ type: "thread", data: { channel, number, phase: "error" } });
    if (!(error instanceof Unreachable)) console.warn(error.message);
  }
}

/** A chat by its address. A phone that the state does not list (there are thousands, or it is new) is asked for. */
export async function enter() {
  const { channel, number } = place.peek();
  if (!phones.peek().has(number)) {
    const phone = await getCustomer(number).catch(() => null);
    missing.value = phone ? null : chatKey(channel, number);
    if (!phone) return;
    apply({ type: "phone", data: phone });
  }
  look();
  if (!threads.peek().has(chatKey(channel, number))) await loadThread(channel, number);
}

/** Fetch the page before the oldest message shown. */
export async function loadOlder() {
  const { channel, number } = place.value;
  const key = openKey.value;
  const thread = threads.value.get(key);
  if (!thread?.hasMore || olderAsked.has(key)) return;
  olderAsked.add(key);
  try {
    const answer = await getMessages(channel, number, thread.list.find((m) => !m.local)?.id);
    apply({ type: "thread", data: { channel, number, ...answer, older: true } });
  } finally {
    olderAsked.delete(key);
  }
}

/** Keep the simulator told which chat is on the screen: called on every change of place or visibility. */
export function look() {
  const isThere = openNumber.peek() && phones.peek().has(place.peek().number);
  const isSeen = document.visibilityState === "visible" && isThere;
  const key = isSeen ? openKey.peek() : null;
  if (key === watched.peek()) return;
  if (watched.peek()) report(watched.peek(), false);
  watched.value = key;
  if (!key) return;
  report(key, true);
  const chat = chats.peek().get(key);
  if (chat?.unread) apply({ type: "chat", data: { ...chat, unread: 0 } });
}

/** After a reconnect the simulator has forgotten who looks. */
export function lookAgain() {
  watched.value = null;
  look();
}

function report(key, open) {
  const [channel, number] = key.split("/");
  setOpen(channel, number, open).catch(() => {});
}
