// Which conversations stand in the list, in which order; and when a change may move them under the pointer.
import { effect, go, route, signal, t } from "./base.js";
import { get } from "./server.js";
import { apply, asking, onThread, session, thread, unreadOf, views } from "./store.js";
import { dayStart } from "./text.js";

const PAGE = 50;
/** shown: ids as drawn; fresh: how many newcomers wait; state: loading | ready | error; more: the server has more. */
export const list = signal({ key: "", shown: [], fresh: 0, state: "loading", more: false, problem: "" });

const isOpen = (row) => row.status === "open";
const isWaiting = (row) => Boolean(row.waiting_since);
const isLive = (row) => row.status !== "closed";
export const VIEWS = {
  mine: { label: () => t("Mine"), icon: "user", has: (row, me) => isOpen(row) && row.assignee_id === me },
  unassigned: { label: () => t("Unassigned"), icon: "inbox", has: (row) => isOpen(row) && !row.assignee_id },
  unread: { label: () => t("Unread"), icon: "mail", has: (row) => isLive(row) && unreadOf(row) > 0 },
  waiting: { label: () => t("Waiting for us"), icon: "hourglass", has: (row) => isOpen(row) && isWaiting(row) },
  mentions: { label: () => t("Mentions"), icon: "at-sign", has: (row) => isLive(row) && Boolean(row.mentioned) },
  watching: { label: () => t("Watching"), icon: "binoculars", has: (row, me) => isLive(row) && row.watcher_ids.includes(me) },
  snoozed: { label: () => t("Snoozed"), icon: "clock", has: (row) => row.status === "snoozed" },
  closed: { label: () => t("Closed"), icon: "check", has: (row) => row.status === "closed" },
  all: { label: () => t("All"), icon: "list", has: () => true },
};
const FILTER = {
  status: (row, value) => row.status === value,
  channel: (row, value) => row.channel?.id === value,
  assignee: (row, value, me) => row.assignee_id === (value === "none" ? null : value === "me" ? me : value),
  team: (row, value) => row.team_id === (value === "none" ? null : value),
  label: (row, value) => row.labels.includes(value),
  priority: (row, value) => row.priority === value,
  unread: (row) => unreadOf(row) > 0,
  from: (row, value) => !(Date.parse(row.active_at) < dayStart(value)),
  to: (row, value) => !(Date.parse(row.active_at) >= dayStart(value, 1)),
};
const lastAt = (row) => row.active_at || row.last_message?.at || row.created_at;
const RANKS = ["none", "low", "normal", "high", "urgent"];
/** By code point: times and ids are plain ASCII, and a language's own order puts "~" before digits. */
const plainly = (a, b) => (a < b ? -1 : Number(a > b));
const newestFirst = (a, b) => plainly(lastAt(b), lastAt(a)) || plainly(b.id, a.id);
/** Newest first by the pair (key, id), as the server pages. */
const SORTS = {
  newest: newestFirst,
  oldest: (a, b) => plainly(lastAt(a), lastAt(b)) || plainly(a.id, b.id),
  priority: (a, b) => RANKS.indexOf(b.priority) - RANKS.indexOf(a.priority) || newestFirst(a, b),
  due: (a, b) => plainly(a.answer_due_at || "~", b.answer_due_at || "~") || plainly(a.id, b.id),
  waiting: (a, b) => plainly(a.waiting_since || "~", b.waiting_since || "~") || plainly(a.id, b.id),
};
export const SORT_NAMES = {
  newest: () => t("Newest first"), oldest: () => t("Oldest first"), waiting: () => t("Longest waiting"),
  due: () => t("Answer due first"), priority: () => t("Most urgent"),
};

let order = []; // as it should be; `shown` follows when it may
let next = null;
let loading = null;
const dirty = new Set();
const recent = new Set(); // what changed since the first page was asked for last
const bumped = new Set();
const cache = new Map(); // key → {order, next, more}
const hold = { hover: false, scrolled: false };
let timer = 0;

const row = (id) => thread(id).peek();
const place = () => route.peek();
const keyOf = ({ view, sort, filters }) => JSON.stringify([view, sort, filters]);
const set = (change) => { list.value = { ...list.peek(), ...change }; };
const isHeld = () => hold.hover || hold.scrolled;
const compare = (a, b) => (SORTS[place().sort] || newestFirst)(row(a), row(b));

/** Whether a thread belongs in the list of a place, by default the current one. */
export function fits(item, { view, filters } = place()) {
  const me = session.peek().me.id;
  const passes = ([name, value]) => !FILTER[name] || FILTER[name](item, value, me);
  return (VIEWS[view] || VIEWS.all).has(item, me) && Object.entries(filters).every(passes);
}

function findPlace(id) {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(id, order[middle]) < 0) high = middle; else low = middle + 1;
  }
  return low;
}

/** Put one changed thread where it belongs now, or take it out. */
function settle(id) {
  const from = order.indexOf(id);
  const keeps = Boolean(row(id)) && fits(row(id));
  if (place().filters.q) return; // only the server knows what a search finds
  if (from >= 0) order.splice(from, 1);
  if (!keeps) { bumped.delete(id); return; }
  const to = findPlace(id);
  if (to === order.length && list.peek().more && from < 0) return; // it comes with a later page
  order.splice(to, 0, id);
  if (from < 0 || to < from) bumped.add(id);
}

function flush() {
  timer = 0;
  if (!session.peek() || list.peek().state === "loading") { dirty.clear(); return; }
  for (const id of dirty) settle(id);
  dirty.clear();
  if (!isHeld()) { release(); return; }
  const moved = [...bumped].filter((id) => list.peek().shown.indexOf(id) !== order.indexOf(id)).length;
  if (moved !== list.peek().fresh) set({ fresh: moved });
}

const later = () => { if (!timer) timer = setTimeout(flush, document.hidden ? 250 : 16); };

/** Show what has changed, newcomers included. */
export function release() {
  bumped.clear();
  const { shown, fresh } = list.peek();
  const same = shown.length === order.length && shown.every((id, i) => id === order[i]);
  if (!same || fresh) set({ shown: [...order], fresh: 0 });
}

/** The pointer is over the list, or it is scrolled: rows must not move. */
export function setHold(name, value) {
  if (hold[name] === value) return;
  hold[name] = value;
  if (!isHeld()) later();
}

/** The filters as the server takes them: days of the address as moments of this reader's own days. */
export function filtersNow() {
  const { view, filters: { from, to, ...filters } } = place();
  if (dayStart(from || "")) filters.active_since = new Date(dayStart(from)).toISOString();
  if (dayStart(to || "", 1)) filters.active_before = new Date(dayStart(to, 1)).toISOString();
  return { view, ...filters };
}

const query = (after) => ({ ...filtersNow(), sort: place().sort, limit: PAGE, ...(after && { after }) });

async function fetchPage(key, after) {
  const asked = asking();
  if (!after) recent.clear();
  const page = await get("threads", query(after));
  if (key !== keyOf(place())) return false;
  apply({ type: "loaded.threads", data: page, asked });
  addPage(page, Boolean(after));
  recent.forEach((id) => dirty.add(id)); // the answer may be older than these
  later();
  return true;
}

function addPage(page, isMore) {
  const ids = page.data.map((one) => one.id).filter((id) => place().filters.q || fits(row(id)));
  const known = new Set(isMore ? order : []);
  const added = ids.filter((id) => !known.has(id));
  order = isMore ? [...order, ...added] : added;
  next = page.next;
  const { shown: old, fresh } = list.peek();
  const shown = isMore && isHeld() ? [...old, ...added.filter((id) => !old.includes(id))] : [...order];
  set({ shown, more: page.has_more, state: "ready", problem: "", fresh: isMore ? fresh : 0 });
}

/** Load the first page of the current place again. quiet: keep what is shown until the answer is here. */
export async function reload({ quiet = false } = {}) {
  const key = keyOf(place());
  if (!quiet) set({ state: "loading", shown: [], more: false, fresh: 0 });
  try { await fetchPage(key); } catch (problem) {
    if (key === keyOf(place()) && !quiet) set({ state: "error", problem: problem.detail });
  }
}

/** Make sure rows up to this index are loaded, page after page. */
export function ensure(index) {
  if (loading || !list.peek().more || list.peek().state !== "ready" || index < list.peek().shown.length) return;
  const key = keyOf(place());
  const then = (wait) => () => { loading = null; setTimeout(() => key === keyOf(place()) && ensure(index), wait); };
  loading = fetchPage(key, next).then(then(0), then(3000));
}

/** How many rows the whole list has: counted by the server for a plain view, else what is loaded and a bit. */
export function total() {
  const { shown, more } = list.value;
  if (!more) return shown.length;
  const isPlain = !Object.keys(route.value.filters).length;
  const counted = views.value.find((one) => one.key === route.value.view)?.count || 0;
  return Math.max(isPlain ? counted : 0, shown.length + 1);
}

/** The conversation after this one in the list (else the one before), for when this one goes away. */
export function neighbour(id, step = 1) {
  const { shown } = list.peek();
  const at = shown.indexOf(id);
  if (at < 0) return shown[0] === id ? null : shown[0] || null;
  return shown[at + step] || shown[at - step] || null;
}

function follow() {
  const { view, sort, filters } = route.value;
  const key = keyOf({ view, sort, filters });
  const old = list.peek();
  if (key === old.key) return;
  if (old.key && old.state === "ready") cache.set(old.key, { order, next, more: old.more });
  hold.scrolled = false;
  loading = null;
  bumped.clear();
  const kept = cache.get(key);
  order = kept ? kept.order.filter((id) => row(id) && fits(row(id))).sort(compare) : [];
  next = kept?.next || null;
  const state = kept ? "ready" : "loading";
  list.value = { key, shown: [...order], fresh: 0, state, more: kept?.more || false, problem: "" };
  reload({ quiet: Boolean(kept) });
}

/** Begin with the page the bootstrap brought, then follow the address bar and the events. */
export function startLists(first) {
  const { view, sort, filters, message } = place();
  const known = { view: VIEWS[view] ? view : "all", sort: SORTS[sort] ? sort : "newest" };
  list.value = { ...list.peek(), key: keyOf(place()) };
  if (known.view === view && sort === "newest" && !Object.keys(filters).length) addPage(first, false);
  else set({ key: "" });
  // A link may name what there is no more.
  go({ ...known, message }, { replace: true });
  effect(follow);
  onThread((id) => { recent.add(id); dirty.add(id); later(); });
}

/** After a resync: read as much of the list again as was loaded (at most 4 pages); returns the ids kept. */
export async function rebuild(first) {
  const deep = Math.min(order.length, 4 * PAGE);
  cache.clear();
  const isPlain = place().sort === "newest" && !Object.keys(place().filters).length;
  if (isPlain && first) addPage(first, false); else await reload({ quiet: true });
  const key = keyOf(place());
  while (order.length < deep && list.peek().more && key === keyOf(place())) if (!await fetchPage(key, next)) break;
  return new Set(order);
}

const [waiting, fetching] = [[], new Set()];
/** An event told of a thread whose own fields (what I have read) we never saw: ask for them, two at a time. */
export function complete(id) {
  if (waiting.includes(id) || fetching.has(id)) return;
  waiting.push(id);
  pump();
}

async function pump() {
  if (fetching.size >= 2 || !waiting.length) return;
  const id = waiting.shift();
  fetching.add(id);
  const asked = asking();
  try { apply({ type: "loaded.thread", data: await get(`threads/${id}`), asked }); } catch { /* asked again later */ }
  fetching.delete(id);
  pump();
}
