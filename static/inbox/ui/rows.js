// The rows of a conversation by days and runs, and which of them are drawn first.
import { dayKey } from "../text.js";

const RUN_MS = 5 * 60_000;
const LOWEST = 36; // px: no message is lower

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
  || [message, note, ...events].some((one) => one?.id === id);

/** The key of the first row to draw so that a pane is full: of the newest, or about the divider or an entry. */
export function firstOf(days, entry) {
  const rows = days.flatMap((day) => day.rows);
  const fit = Math.ceil(innerHeight / LOWEST);
  const aim = rows.findIndex(isAt(entry));
  const last = aim < 0 ? rows.length : Math.min(rows.length, aim);
  return rows[Math.max(0, last - fit)]?.key;
}

/** The days from the row with this key on; all when there is none such. */
export function daysFrom(days, key) {
  const isHere = (row) => row.key === key;
  const at = days.findIndex(({ rows }) => rows.some(isHere));
  if (at < 0) return days;
  const { rows, ...day } = days[at];
  return [{ ...day, rows: rows.slice(rows.findIndex(isHere)) }, ...days.slice(at + 1)];
}
