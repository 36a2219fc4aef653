// Where colleagues are: who looks at a conversation and who writes an answer there. Nothing of it is kept anywhere.
import { Table, effect, route, settled, signal, t } from "./base.js";
import { line, onPresence, say } from "./server.js";
import { isMine, member } from "./store.js";

const FADES_MS = 45_000;
// We say again where we are
const BEAT_MS = 20_000;
const TYPING_MS = 6_000;

// Key of a connection → {member_id, thread_id, state, at}
const marks = new Map();
// Thread id → [mark], those who write first
const present = new Table();

function show(id) {
  const here = [...marks.values()].filter((one) => one.thread_id === id && !isMine(one.member_id));
  present.set(id, here.sort((a, b) => a.state.localeCompare(b.state)));
}

function put({ key, ...mark }) {
  const old = marks.get(key);
  if (mark.thread_id) marks.set(key, { ...mark, at: Date.now() }); else marks.delete(key);
  for (const id of new Set([old?.thread_id, mark.thread_id])) if (id) show(id);
}

function fade() {
  for (const [key, { at }] of marks) if (Date.now() - at > FADES_MS) put({ key });
}

/** Who is at a conversation, as [name, isReplying], or null; somebody who writes is told before one who looks. */
export function colleague(id) {
  const [first] = present.cell(id).value || [];
  const name = first && member(first.member_id)?.name.split(" ")[0];
  return name ? [name, first.state === "replying"] : null;
}

/** "Ben is replying" */
export function presenceWords(id) {
  const [name, isReplying] = colleague(id) || [];
  if (!name) return "";
  return isReplying ? t("{name} is replying", { name }) : t("{name} is looking", { name });
}

// Where we are, told once it is drawn
const here = signal(null);
// The conversation in which this person writes an answer
const typing = signal(null);
let timer = 0;

/** A letter was typed into an answer; null: it is sent or taken out again. */
export function isTypingIn(id) {
  typing.value = id;
  clearTimeout(timer);
  timer = setTimeout(() => { typing.value = null; }, TYPING_MS);
}

/** A lock of this browser, held by each tab that shows a conversation to somebody who looks. */
export const viewLock = (id) => `parley:view:${id}`;

let leave = () => {};
function holdView() {
  leave();
  const thread = here.peek();
  if (!thread || document.visibilityState !== "visible" || !document.hasFocus()) return;
  const end = new AbortController();
  const untilLeft = () => new Promise((done) => { end.signal.onabort = done; });
  leave = () => end.abort();
  navigator.locks?.request(viewLock(thread), { mode: "shared", signal: end.signal }, untilLeft).catch(() => {});
}

export function startPresence() {
  effect(() => { if (route.value.thread !== here.peek()) settled().then(() => { here.value = route.peek().thread; }); });
  effect(() => { holdView(here.value); });
  for (const name of ["focus", "blur", "visibilitychange"]) addEventListener(name, holdView, true);
  const isSeen = signal(document.visibilityState === "visible");
  document.addEventListener("visibilitychange", () => { isSeen.value = document.visibilityState === "visible"; });
  const stand = () => {
    const thread = isSeen.value ? here.value : null;
    return { type: "presence", thread: thread || null, state: typing.value === thread && thread ? "replying" : "viewing" };
  };
  let said = "";
  effect(() => {
    const now = JSON.stringify([stand(), line.value === "live"]);
    if (line.value === "live" && now !== said) say(stand());
    said = now;
  });
  onPresence(put);
  setInterval(() => { fade(); if (stand().thread) say(stand()); }, BEAT_MS);
}
