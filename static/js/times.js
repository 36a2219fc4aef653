// <time datetime data-style> holds UTC as the server wrote it; here it becomes the reader's own time and language.

const page = document.documentElement.lang || "en";
const locale = navigator.languages?.find((tag) => tag.split("-")[0] === page.split("-")[0]) ?? page;
const CLOCK = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const YEAR = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const SECONDS = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const FULL = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
const RELATIVE = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const STEPS = [[86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"]];
const FRESH_MS = 10_000;

function relative(at) {
  const seconds = Math.round((at - Date.now()) / 1000);
  const [size, unit] = STEPS.find(([step]) => Math.abs(seconds) >= step) ?? [1, "second"];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

function short(at) {
  const now = new Date();
  if (at.toDateString() === now.toDateString()) return CLOCK.format(at);
  return (at.getFullYear() === now.getFullYear() ? DAY : YEAR).format(at);
}

const STYLES = { ago: relative, short, clock: (time) => SECONDS.format(time), full: (time) => FULL.format(time) };

function show(element) {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const words = STYLES[element.dataset.style] ?? short;
  element.textContent = words(at);
  if (element.dataset.style !== "full") element.title = FULL.format(at);
}

const all = (root) => root.querySelectorAll("time[data-style]");

/** Show every time under root, also after htmx renewed a part; "12 s ago" keeps counting. */
export function showTimes(root) {
  all(root).forEach(show);
  setInterval(() => root.querySelectorAll("time[data-style=ago]").forEach(show), FRESH_MS);
  root.addEventListener("htmx:after:swap", () => all(root).forEach(show));
}
