// Dates in words. The simulator sends UTC; the browser shows local time in its own language.

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const seconds = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const shortWeekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const shortDate = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

const midnight = (value) => new Date(value).setHours(0, 0, 0, 0);
const daysAgo = (value, at) => Math.round((midnight(at) - midnight(value)) / 864e5);

export const clockTime = (iso) => clock.format(new Date(iso));
export const clockSeconds = (iso) => seconds.format(new Date(iso));
export const dayKey = (iso) => midnight(iso);

/** "Today", "Yesterday", "Sunday" or a full date. */
export function dayWords(iso, at = Date.now()) {
  const days = daysAgo(iso, at);
  if (days >= 0 && days < 2) return capital(relative.format(-days, "day"));
  return days > 0 && days < 7 ? weekday.format(new Date(iso)) : date.format(new Date(iso));
}

/** For a row of the list: a time today, a weekday this week, else a date. */
export function listTime(iso, at = Date.now()) {
  const days = daysAgo(iso, at);
  if (days <= 0) return clockTime(iso);
  return (days < 7 ? shortWeekday : shortDate).format(new Date(iso));
}

/** How long the business may still answer freely. */
export function windowWords(iso, at = Date.now()) {
  if (!iso) return "closed: this person has not written yet";
  if (Date.parse(iso) <= at) return `closed since ${listTime(iso, at)}`;
  const days = daysAgo(iso, at);
  return `open until ${days === 0 ? "" : `${relative.format(-days, "day")} `}${clockTime(iso)}`;
}

/** 74 → "1:14". */
export function duration(total) {
  const whole = Math.max(0, Math.round(total || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function capital(word) {
  return word.charAt(0).toLocaleUpperCase() + word.slice(1);
}
