// The rows of a conversation by days and runs, and which of them are drawn first.
import { dayKey } from "../text.js";

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
