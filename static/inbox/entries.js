// Entries of a timeline: how messages merge (a status only rises), where entries stand, which pages are loaded; the rows
// they make by days and runs, and which of those are drawn first.
import { dayKey } from "./text.js";

const RANK = {
  queued: 1, held: 1.5, sending: 2, uncertain: 3, sent: 4, cancelled: 5, failed: 5, delivered: 6, read: 7, received: 7,
};
const STUCK = ["failed", "uncertain", "held", "cancelled"];
export const MAX_ROWS = 300;
// Timelines kept, rows of all of them, and how many keep theirs in any case.
const [MOST_LINES, MOST_ALL, LAST] = [40, 4_000, 8];

/** A history is only ever added to, so of two the longer one is the newer. */
const mergeHistory = (old = [], next = []) => (next.length >= old.length ? next : old);

/** Whether `news` is further on than `old`: a later attempt, the same one risen higher, or a retry of a stuck one. */
function rises(old, news) {
  const tries = [old.attempts ?? 0, news.attempts ?? old.attempts ?? 0];
  if (news.forced && STUCK.includes(old.status)) return tries[1] >= tries[0];
  if (STUCK.includes(old.status) && tries[1] > tries[0]) return true;
  return tries[1] >= tries[0] && (RANK[news.status] || 0) >= (RANK[old.status] || 0);
}

/** A message with a report applied. news: {status, content?, pricing?, attempts?, error?, provider_id?, status_history?, forced?}. */
export function withStatus(message, news) {
  const known = message.status_history;
  const content = news.content ? { content: { ...message.content, ...news.content } } : {};
  const price = news.pricing ? { pricing: news.pricing } : {};
  const history = { ...(known && { status_history: mergeHistory(known, news.status_history) }), ...content, ...price };
  if (!rises(message, news)) return { ...message, ...history };
  return {
    ...message, ...history, status: news.status, attempts: news.attempts ?? message.attempts,
    error: "error" in news ? news.error : message.error, provider_id: news.provider_id || message.provider_id,
  };
}

/** Of two snippets in a list row, the newer; of one message, the status that rose further. */
export function laterSnippet(old, next) {
  if (!old || !next || old.id !== next.id) return next;
  return { ...next, status: withStatus(old, { status: next.status }).status };
}

/** Two versions of one message: the newer content, the status that rose further, the whole history. */
export function mergeMessage(old, next) {
  if (!old) return next;
  const status_history = mergeHistory(old.status_history, next.status_history);
  if (rises(old, next)) return { ...old, ...next, status_history };
  return { ...old, ...next, status: old.status, error: old.error, attempts: old.attempts, status_history };
}

/** A customer who has just written: the reply window of that channel stands open anew. */
export function heardFrom(customer, { channel_id: channel, sent_at: at }, { window_until: until }) {
  const isNews = (reach) => reach.channel_id === channel && (reach.last_inbound_at || "") < at;
  const renew = (reach) => (isNews(reach) ? { ...reach, last_inbound_at: at, window_until: until } : reach);
  const isThere = (place) => place.channel_id === channel;
  const { places } = customer;
  const isSole = places?.filter(isThere).length === 1; // of several only the server knows who it was
  const open = (place) => (isSole && isThere(place) && (place.window_until || "") < until ? { ...place, window_until: until } : place);
  return { ...customer, reach: withReach(customer, channel)?.map(renew), ...(places && { places: places.map(open) }) };
}

/** What is known of the ways to a customer, one on this channel among them. */
const withReach = ({ reach }, channel_id) => (!reach || reach.some((one) => one.channel_id === channel_id) ? reach
  : [...reach, { channel_id, address_id: null, last_inbound_at: null, window_until: null, consent: "" }]);

/** What a customer wants to hear on a channel, on every address they have there. */
export function withConsent(customer, { channel_id, consent }) {
  const renew = (reach) => (reach.channel_id === channel_id ? { ...reach, consent } : reach);
  return { ...customer, reach: withReach(customer, channel_id)?.map(renew) };
}

/** Whether we block a customer on a channel, at every address they have there. */
export function withBlock(customer, { channel_id }, blocked) {
  const renew = (reach) => (reach.channel_id === channel_id ? { ...reach, blocked, block_error: "" } : reach);
  return { ...customer, reach: withReach(customer, channel_id)?.map(renew) };
}

const before = (a, b) => (a.at === b.at ? a.id < b.id : a.at < b.at);

function mergeEntry(old, next, isOlder = false) {
  if (next.type !== "message") return next;
  const [first, second] = isOlder ? [next.message, old.message] : [old.message, next.message];
  const message = { ...mergeMessage(first, second) };
  return { ...next, at: message.at, message };
}

function place(entries, entry) {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(entry, entries[middle])) high = middle; else low = middle + 1;
  }
  return [...entries.slice(0, low), entry, ...entries.slice(low)];
}

/** Change one message of a timeline, shown or not. */
export function mapMessage(line, id, change) {
  const map = (entry) => (entry.id === id ? { ...entry, message: change(entry.message) } : entry);
  return { ...line, entries: line.entries.map(map), missed: line.missed.map(map) };
}

/** Add or renew one live entry. Where the newest rows are not loaded it waits in `missed`. */
export function insertEntry(line, entry) {
  const old = line.entries.find((one) => one.id === entry.id);
  if (old) {
    const next = mergeEntry(old, entry);
    const rest = line.entries.filter((one) => one.id !== entry.id);
    const isHere = next.at === old.at;
    return { ...line, entries: isHere ? line.entries.map((one) => (one === old ? next : one)) : place(rest, next) };
  }
  const others = line.missed.filter((one) => one.id !== entry.id);
  if (line.has_after) return { ...line, missed: [...others, entry].slice(-100) };
  return { ...line, entries: place(line.entries, entry) };
}

const edge = (page) => ({
  before: page.before, after: page.after, first: page.data[0]?.id, last: page.data.at(-1)?.id,
});
const indexOf = (entries, id) => entries.findIndex((entry) => entry.id === id);

/** Keep at most MAX_ROWS by letting go of whole pages at the far end; their cursors say how to get them back. */
function trim(line, from) {
  let { entries, pages, has_before, has_after } = line;
  while (entries.length > MAX_ROWS && pages.length > 1) {
    if (from === "start") {
      pages = pages.slice(1);
      entries = entries.slice(indexOf(entries, pages[0].first));
      has_before = true;
    } else {
      pages = pages.slice(0, -1);
      entries = entries.slice(0, indexOf(entries, pages.at(-1).last) + 1);
      has_after = true;
    }
  }
  return { ...line, entries, pages, has_before, has_after };
}

/** Join a loaded page. side: "all" replaces what was there, "before" and "after" extend it. */
export function mergePage(line, page, side, asked) {
  const old = line && !line.stale ? [...line.entries, ...line.missed] : [];
  const known = new Map(old.map((entry) => [entry.id, entry]));
  const join = (entry) => (known.has(entry.id) ? mergeEntry(known.get(entry.id), entry, asked !== undefined) : entry);
  const rows = page.data.map(join);
  const { has_before, has_after } = page;
  const fresh = { pages: [edge(page)], entries: rows, has_before, has_after, missed: line?.missed || [] };
  if (side === "all" || !line?.pages.length) return has_after ? fresh : withNewer(fresh, line);
  const added = page.data.length ? [edge(page)] : [];
  const others = line.entries.filter((entry) => !rows.some((row) => row.id === entry.id));
  if (side === "before") {
    return trim({ ...line, pages: [...added, ...line.pages], entries: [...rows, ...others], has_before }, "end");
  }
  const longer = trim({ ...line, pages: [...line.pages, ...added], entries: [...others, ...rows], has_after }, "start");
  return has_after ? longer : withNewer(longer, line);
}

/** Live entries that came after the page was read must not vanish with it. */
function withNewer(line, old) {
  const last = line.entries.at(-1);
  const live = [...(old && !old.has_after ? old.entries : []), ...(old?.missed || [])];
  const isNew = (entry) => (!last || before(last, entry)) && !line.entries.some((row) => row.id === entry.id);
  const newer = live.filter(isNew);
  return { ...line, missed: [], entries: newer.reduce(place, line.entries) };
}

/** Of timelines as they were last looked at, the latest last, how many of the first to let go. rows: how many each has. */
export function excess(rows) {
  let all = rows.reduce((sum, n) => sum + n, 0);
  let gone = 0;
  while (rows.length - gone > MOST_LINES || (all > MOST_ALL && rows.length - gone > LAST)) {
    all -= rows[gone];
    gone += 1;
  }
  return gone;
}

// ---------------------------------------------------------------- days and runs

const RUN_MS = 5 * 60_000;
// Px: no message is lower.
const LOWEST = 36;
// Px: what a window holds above and below the rows at least.
const AROUND = 200;

/** Whether a message goes on the run of the one before: same side and author, within five minutes. */
function isRun(last, message) {
  const who = (one) => (one.direction === "inbound" ? `customer ${one.author?.name}` : one.author?.id || "us");
  return last && who(last) === who(message) && Date.parse(message.at) - Date.parse(last.at) < RUN_MS;
}

function rowOf({ type, id, message, note, event, item }, last) {
  if (type === "event") return { type, key: id, events: [event] };
  if (type === "note") return { type, key: note.client_ref || id, note, item };
  return { type, key: message.client_ref || id, message, item, isFirst: !isRun(last?.message, message) };
}

/** Entries by day: [{day, at, rows}]. Facts that follow each other are one row; mark puts "N new" before its entry. */
export function byDay(entries, mark) {
  const days = [];
  for (const entry of entries) {
    const day = dayKey(entry.at);
    if (days.at(-1)?.day !== day) days.push({ day, at: entry.at, rows: [] });
    const { rows } = days.at(-1);
    if (entry.id === mark?.entry) rows.push({ type: "divider", key: "divider", count: mark.count });
    if (entry.type === "event" && rows.at(-1)?.type === "event") rows.at(-1).events.push(entry.event);
    else rows.push(rowOf(entry, rows.at(-1)));
  }
  return days;
}

/** Whether a row is the divider, or holds the entry with this id. */
const isAt = (id) => ({ type, message, note, events = [] }) => type === "divider"
  || [message, note, ...events].some((one) => one && one.id === id);

/** Which rows to draw first so that a pane is full, {from, to} as keys: the newest, or those about the divider or an
    entry. to: null where that is the end. */
export function windowOf(days, entry) {
  const rows = days.flatMap((day) => day.rows);
  const fit = Math.ceil((innerHeight - AROUND) / LOWEST);
  const aim = rows.findIndex(isAt(entry));
  if (aim < 0) return { from: rows[Math.max(0, rows.length - fit)]?.key, to: null };
  return { from: rows[Math.max(0, aim - Math.ceil(fit / 2))].key, to: rows[aim + fit]?.key ?? null };
}

/** What lies between two rows, these among it; all when the first is not there. */
export function daysBetween(days, { from, to }) {
  const keys = days.flatMap(({ rows }) => rows.map((row) => row.key));
  const [first, last] = [keys.indexOf(from), to ? keys.indexOf(to) : -1];
  const kept = new Set(keys.slice(Math.max(0, first), last < 0 ? keys.length : last + 1));
  const within = days.map((day) => ({ ...day, rows: day.rows.filter((row) => kept.has(row.key)) }));
  return within.filter(({ rows }) => rows.length);
}
