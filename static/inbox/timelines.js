// Opening conversations: loading their rows, where unread begins, and saying what was read.
import { batch, effect, go, route, signal, t, toast, untracked } from "./base.js";
import { get, put } from "./server.js";
import { apply, asking, customer, onArrival, thread, timeline, unreadOf } from "./store.js";

const PAGE = 50;
// Rows of one answer.
const MOST = 200;
// `${thread id} ${side}` of running loads.
const underWay = new Set();
/** Where "N new" stands in the open conversation: {thread, entry, count} or null. Fixed while it is open. */
export const divider = signal(null);
/** The entry to show: {thread, entry, isQuiet, at}. */
export const jump = signal(null);
// Threads put back to unread by hand: not read again until reopened.
const leftUnread = new Set();

const rowsOf = (id) => timeline(id).peek();

/** Whether a page asked for by a cursor still continues what is shown; a jump may have replaced it meanwhile. */
function joins(id, { before, after } = {}) {
  const pages = rowsOf(id)?.pages;
  return pages && (!before || pages[0]?.before === before) && (!after || pages.at(-1)?.after === after);
}

/** Load once per (thread, side) at a time. query: before, after, around or nothing for the newest. */
async function load(id, side, query) {
  const key = `${id} ${side}`;
  if (underWay.has(key)) return false;
  underWay.add(key);
  const asked = asking();
  try {
    const page = await get(`threads/${id}/timeline`, { limit: PAGE, ...query });
    if (joins(id, query)) apply({ type: "loaded.timeline", data: { thread_id: id, page, side }, asked });
    return true;
  } catch (problem) {
    if (side === "all" && !rowsOf(id)?.entries.length) apply({ type: "page.timeline", data: { id, state: "error" } });
    throw problem;
  } finally { underWay.delete(key); }
}

/** How many of the newest rows to ask for: with those the reader has missed, and the answers in between. */
const enough = (id) => Math.min(MOST, Math.max(PAGE, Math.ceil(unreadOf(thread(id).peek() || {}) * 1.6) + 10));

const quietly = (promise) => promise.catch(() => false);
const cursor = (id, side) => rowsOf(id).pages.at(side === "before" ? 0 : -1)[side];
const extend = (id, side) => quietly(load(id, side, { [side]: cursor(id, side) }));
export const older = (id) => (rowsOf(id)?.has_before ? extend(id, "before") : false);
export const newer = (id) => (rowsOf(id)?.has_after ? extend(id, "after") : false);
export const latest = (id) => quietly(load(id, "all"));
export const isLoading = (id, side) => underWay.has(`${id} ${side}`);

/** Show one entry, loading around it when it is far away; isQuiet: without a flash. Returns whether it was found. */
export async function jumpTo(id, entry, { isQuiet = false } = {}) {
  if (!rowsOf(id)?.entries.some((row) => row.id === entry)) await quietly(load(id, "all", { around: entry }));
  const found = Boolean(rowsOf(id)?.entries.some((row) => row.id === entry));
  if (found) jump.value = { thread: id, entry, isQuiet, at: Date.now() };
  return found;
}

/** Show the first entry of a day, or of the next one that has any. Returns whether there is one. */
export async function jumpToDay(id, from) {
  const since = from.toISOString();
  await quietly(load(id, "all", { since }));
  const first = rowsOf(id)?.entries.find(({ at }) => at >= since);
  if (first) jump.value = { thread: id, entry: first.id, isQuiet: false, at: Date.now() };
  return Boolean(first);
}

/** Have a conversation's rows, row and customer here, whether or not it is looked at yet. */
export async function prepare(id) {
  const fresh = !rowsOf(id);
  apply({ type: "page.open", data: { id } });
  const row = thread(id).peek();
  if (!row || row.partial) await loadThread(id);
  // Asked for first: it is waited for.
  const rows = fresh || rowsOf(id)?.state === "error" ? quietly(load(id, "all", { limit: enough(id) })) : null;
  const known = thread(id).peek()?.customer.id;
  // An event brings them without.
  if (known && !customer(known).peek()?.reach) loadCustomer(known);
  if (rows) await rows;
}

/** Have a conversation here before it is opened. The open one is left alone: if it failed, its reader decides. */
export const warm = (id) => { if (id !== route.peek().thread) prepare(id); };

async function loadThread(id) {
  const asked = asking();
  try {
    const row = await get(`threads/${id}`);
    apply({ type: "loaded.thread", data: row, asked });
    // It was joined to another.
    const isElsewhere = row.id !== id && route.peek().thread === id;
    if (isElsewhere) go({ thread: row.id, message: route.peek().message }, { replace: true });
  } catch { /* the pane says so */ }
}

/** Returns whether the customer is here now. */
export async function loadCustomer(id) {
  try { apply({ type: "loaded.customer", data: await get(`customers/${id}`) }); } catch { return false; }
  return true;
}

/** The first message of the customer that this member has not read; messages of a customer are numbered. */
function firstUnread(id, read) {
  const inbound = (rowsOf(id)?.entries || []).filter((entry) => entry.message?.number);
  const isEnough = inbound[0]?.message.number <= read + 1;
  return { entry: inbound.find((entry) => entry.message.number > read), isEnough };
}

/** Where "N new" is to stand in a conversation, or null. */
async function findDivider(id) {
  const row = thread(id).peek();
  const count = row ? unreadOf(row) : 0;
  if (!count || rowsOf(id)?.has_after) return null;
  const wantsMore = () => !firstUnread(id, row.read_count).isEnough && rowsOf(id)?.entries.length < MOST;
  while (wantsMore() && await older(id)) { /* until the first unread one is here */ }
  const { entry } = firstUnread(id, row.read_count);
  return entry ? { thread: id, entry: entry.id, count } : null;
}

/** What stands open: {id, placed, visit}. placed: its rows and the place to show them at are known. */
export const shown = signal({ id: null, placed: false, visit: 0 });

/** A message may have moved to another conversation since its address was copied. Returns whether it leads there. */
async function follow(id, message) {
  const { thread_id: where = id } = await get(`messages/${message}`).catch(() => ({}));
  if (where === id) toast(t("That message could not be found."));
  else if (route.peek().message === message) go({ thread: where, message }, { replace: true });
  return where !== id;
}

async function show(id, message) {
  const old = shown.peek();
  if (old.id === id && old.placed && !message) return;
  leftUnread.delete(id);
  const visit = old.visit + 1;
  const isSame = old.id === id && old.placed;
  if (!isSame && rowsOf(id)?.state !== "ready") shown.value = { id, placed: false, visit };
  if (!id) return;
  await prepare(id);
  if (route.peek().thread !== id) return;
  const found = message && await jumpTo(id, message);
  if (message && !found && await follow(id, message)) return;
  if (isSame) return;
  const mark = found ? null : await findDivider(id);
  if (route.peek().thread !== id) return;
  // One drawing, not two.
  batch(() => { divider.value = mark; shown.value = { id, placed: true, visit }; });
}

// ---------------------------------------------------------------- read state

export const isAttentive = () => document.visibilityState === "visible" && document.hasFocus();
// Thread id → the count last asked for.
const sending = new Map();
// After a refusal, for a page that looks many times a second.
const REST_MS = 5_000;

/** Everything up to `count` inbound messages was seen. Only rises, unless force (mark unread). */
export async function markRead(id, count, force = false) {
  const row = thread(id).peek();
  if (!row || (!force && (leftUnread.has(id) || count <= (row.read_count ?? 0)))) return;
  apply({ type: "page.guess", data: { id, key: "read", patch: { read_count: count } } });
  const isRunning = sending.has(id);
  sending.set(id, count);
  if (isRunning) return;
  let isRefused = false;
  try {
    for (let asked = null; asked !== sending.get(id);) {
      asked = sending.get(id);
      const answer = await put(`threads/${id}/read`, { read_count: asked });
      apply({ type: "thread.seen", data: answer });
    }
  // After a rest it is unread again, and asked once more if somebody still looks.
  } catch {
    isRefused = true;
    await new Promise((done) => { setTimeout(done, REST_MS); });
  }
  const seen = sending.get(id);
  sending.delete(id);
  apply({ type: "page.guess", data: { id, key: "read", patch: null } });
  if (isRefused && route.peek().thread === id && isAttentive()) markRead(id, seen);
}

export function markUnread(id) {
  const row = thread(id).peek();
  if (!row?.inbound_count) return;
  leftUnread.add(id);
  markRead(id, Math.max(0, row.inbound_count - 1), true);
}

/** Follow the address bar; mark where new messages begin when nobody was looking. */
export function startTimelines() {
  effect(() => { const { thread: id, message } = route.value; untracked(() => show(id, message)); });
  onArrival((entry, id) => {
    if (id !== route.peek().thread || entry.message?.direction !== "inbound") return;
    leftUnread.delete(id);
    const person = entry.message.customer_id;
    // A new way to them.
    if (customer(person).peek()?.reach?.some((one) => !one.address_id)) loadCustomer(person);
    if (isAttentive() || rowsOf(id)?.has_after) return;
    const old = divider.peek();
    const goesOn = old && unreadOf(thread(id).peek()) > 1;
    divider.value = goesOn ? { ...old, count: old.count + 1 } : { thread: id, entry: entry.id, count: 1 };
  });
}

export const openThread = (id, options) => go({ thread: id }, options);
