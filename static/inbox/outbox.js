// Messages and notes on their way out: kept in this browser until the server has them, sent in order per
// conversation, one at a time, always with the same Idempotency-Key, so nothing is lost and nothing doubles.
import { announce, drawn, effect, go, hearers, local, newRef, prefs, route, signal, t, toast } from "./base.js";
import { post, signedOut } from "./server.js";
import { apply, onArrival, session, thread } from "./store.js";
import { answeredWords, whoIs } from "./text.js";

/** Items: {ref, thread_id, mode: reply|note, body, show, at, state: waiting|sending|failed, tries, problem, from, closes}.
    from: when it may leave, in ms; closes: its conversation is to be closed then. */
export const outbox = signal([]);

// The server remembers keys for seven days.
const TOO_OLD_MS = 5 * 86_400_000;
// Threads with a request under way
const busy = new Set();
// Thread id → timer of the next try
const timers = new Map();
// Refs of what was taken back
const cancelled = new Set();
let prefix = "";

const find = (ref) => outbox.peek().find((item) => item.ref === ref);
const isFailed = (item) => item.state === "failed";

function save({ ref }) {
  const item = find(ref);
  if (item) local.set(prefix + ref, { ...item, state: isFailed(item) ? "failed" : "waiting" });
}

function change(ref, patch) {
  outbox.value = outbox.peek().map((item) => (item.ref === ref ? { ...item, ...patch } : item));
  save({ ref });
}

function drop(ref) {
  local.remove(prefix + ref);
  if (find(ref)) outbox.value = outbox.peek().filter((item) => item.ref !== ref);
}

/** Put one message or note on its way; it shows at once. show: what its bubble needs beside the text. */
export function send(threadId, mode, body, show = {}) {
  const ref = newRef();
  const item = {
    ref, thread_id: threadId, mode, body: { ...body, client_ref: ref }, show, at: new Date().toISOString(),
    state: "waiting", tries: 0, problem: null, from: mode === "reply" ? Date.now() + prefs.peek().undo * 1000 : 0,
  };
  outbox.value = [...outbox.peek(), item];
  save(item);
  flush(threadId);
  return ref;
}

/** Take back what has not left yet. Returns the item, or null when it is already under way. */
export function cancel(ref) {
  const item = find(ref);
  if (!item || item.state === "sending") return null;
  cancelled.add(ref);
  drop(ref);
  flush(item.thread_id);
  return item;
}

/** Note, for a visit that ends before, whether a conversation is to be closed once its answers have left. */
export function closes(threadId, isTo) {
  outbox.peek().filter((one) => one.thread_id === threadId && one.mode === "reply").forEach((one) => change(one.ref, { closes: isTo }));
}

/** The conversations that an earlier visit meant to close. */
export const toClose = () => new Set(outbox.peek().filter((one) => one.closes && !isFailed(one)).map((one) => one.thread_id));

/** Resolves once the answers of a conversation that are on their way have left: to null, or to why not all of them did,
    which needs no words where they were taken back. */
export async function left(threadId) {
  const isWaiting = (one) => one.thread_id === threadId && one.mode === "reply" && !isFailed(one);
  const refs = outbox.peek().filter(isWaiting).map((one) => one.ref);
  const isDone = () => !outbox.value.some((one) => refs.includes(one.ref) && !isFailed(one));
  let stop;
  await new Promise((done) => { stop = effect(() => { if (isDone()) done(); }); });
  stop();
  if (refs.some(find)) return t("The answer did not go out.");
  return refs.some((ref) => cancelled.has(ref)) ? "" : null;
}

/** Hears the items that were taken back before they left. */
export const [onTakenBack, tellTakenBack] = hearers();

/** Take back all answers of a conversation that still wait, the last one first, and give back their words. */
export function takeBack(threadId) {
  const items = outbox.peek().filter((one) => one.thread_id === threadId && one.mode === "reply" && one.state === "waiting");
  const gone = items.reverse().map((one) => cancel(one.ref)).filter(Boolean);
  if (!gone.length) toast(t("It is already on its way."));
  gone.forEach((one) => tellTakenBack(one));
}

export function retry(ref) {
  const item = find(ref);
  if (!item) return;
  if (isHeld(item)) { sendAnyway(ref); return; }
  change(ref, { state: "waiting", tries: 0, problem: null, at: new Date().toISOString() });
  flush(item.thread_id);
}

/** Whether the server kept it because a colleague had answered meanwhile. */
export const isHeld = ({ problem }) => problem?.code === "answered_meanwhile";

/** Send what was held: as a new message, for this one was refused for good. */
function sendAnyway(ref) {
  const { thread_id: id, mode, body: { client_ref, seen_message_id, ...body }, show } = find(ref);
  drop(ref);
  send(id, mode, body, show);
}

function again(threadId, ms) {
  clearTimeout(timers.get(threadId));
  timers.set(threadId, setTimeout(() => flush(threadId), ms));
}

function failed(item, problem) {
  if (problem.isPassing && item.tries < 50) {
    change(item.ref, { state: "waiting", tries: item.tries + 1 });
    const wait = Math.min(30_000, 500 * 2 ** item.tries) * (0.5 + Math.random() / 2);
    if (problem.status !== 401 || !signedOut.peek()) again(item.thread_id, problem.retryAfter * 1000 || wait);
    return false;
  }
  const detail = isHeld({ problem }) ? answeredWords(problem.body.message) : problem.detail;
  change(item.ref, { state: "failed", problem: { code: problem.code, detail }, closes: false });
  const id = item.thread_id;
  announce(t("Not sent: {why}", { why: detail }));
  if (route.peek().thread !== id) {
    const words = t("Not sent to {name}: {why}", { name: whoIs(thread(id).peek()?.customer || {}), why: detail });
    toast(words, { tone: "danger", action: { label: t("Show"), run: () => go({ thread: id }) } });
  }
  return true;
}

async function sendOne(item) {
  change(item.ref, { state: "sending" });
  // Its bubble first.
  await drawn();
  const place = item.mode === "note" ? "notes" : "messages";
  try {
    const data = await post(`threads/${item.thread_id}/${place}`, item.body, { key: item.ref });
    const what = item.mode === "note" ? "note" : "message";
    apply({ type: `loaded.${what}`, data: { [what]: data } });
    drop(item.ref);
    return true;
  } catch (problem) {
    // An event may have told us meanwhile that it arrived.
    const still = find(item.ref);
    return still ? failed(still, problem) : true;
  }
}

/** Send what waits for a conversation, oldest first; stops at the first that must wait. */
async function flush(threadId) {
  if (busy.has(threadId) || signedOut.peek() || !navigator.onLine) return;
  busy.add(threadId);
  clearTimeout(timers.get(threadId));
  try {
    for (let going = true; going;) {
      const item = outbox.peek().find((one) => one.thread_id === threadId && !isFailed(one));
      // It can still be taken back.
      const wait = item ? (item.from || 0) - Date.now() : 0;
      if (wait > 0) again(threadId, wait);
      going = Boolean(item) && wait <= 0 && await sendOne(item);
    }
  } finally { busy.delete(threadId); }
}

/** Try everything that waits, now. */
export function flushAll() {
  for (const id of new Set(outbox.peek().map((item) => item.thread_id))) flush(id);
}

function load() {
  const items = local.scan(prefix).map(([, item]) => item).filter(Boolean).sort((a, b) => (a.at < b.at ? -1 : 1));
  const old = Date.now() - TOO_OLD_MS;
  outbox.value = items.map((item) => (Date.parse(item.at) > old ? item
    : { ...item, state: "failed", problem: { code: "too_old", detail: t("Written days ago and never sent.") } }));
}

/** Another tab of the same person sent, cancelled or wrote something. */
function onStorage({ key, newValue }) {
  if (!key?.startsWith(prefix)) return;
  const ref = key.slice(prefix.length);
  const item = find(ref);
  if (!newValue && item && item.state !== "sending") outbox.value = outbox.peek().filter((one) => one.ref !== ref);
  if (newValue && !item) outbox.value = [...outbox.peek(), { ...JSON.parse(newValue), foreign: true }];
}

/** Begin with what an earlier visit left behind. */
export function startOutbox() {
  const { tenant, me } = session.peek();
  prefix = `parley:outbox:${tenant.id}:${me.id}:`;
  load();
  onArrival((entry) => drop((entry.message || entry.note)?.client_ref));
  addEventListener("storage", onStorage);
  addEventListener("online", flushAll);
  effect(() => { if (!signedOut.value) flushAll(); });
  if (outbox.peek().some(isFailed)) toast(t("Some messages from before were not sent."));
}

const entries = new WeakMap();

/** The message an item will become, as the wire would tell it. */
function messageOf({ ref, thread_id, body, show, state, at }) {
  const { id, name } = session.peek().me;
  return {
    id: ref, thread_id, client_ref: ref, direction: "outbound", kind: show.kind || "text",
    text: body.text || show.text || "", content: show.content || {}, attachments: show.attachments || [],
    reply_to: show.reply_to || null, reactions: [], status: state, status_history: [], at,
    author: { kind: "member", id, name }, error: null, attempts: 0,
  };
}

/** An item as a timeline entry; the same object while the item is the same, so that it is drawn once. */
export function asEntry(item) {
  const { ref: id, at, mode, body } = item;
  const what = () => (mode === "note" ? { note: { id, at, text: body.text, client_ref: id } }
    : { message: messageOf(item) });
  if (!entries.has(item)) entries.set(item, { type: mode === "note" ? "note" : "message", id, at, item, ...what() });
  return entries.get(item);
}
