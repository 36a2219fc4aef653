// Words and figures for people: times, sizes, and the channel's light markup as a tree (never as HTML).
import { locale, now, t } from "./base.js";

/** A way to write moments, made when it is first used: making one takes a browser some milliseconds. */
export const format = (options) => {
  let made = null;
  return { format: (date) => (made ??= new Intl.DateTimeFormat(locale, options)).format(date) };
};
const CLOCK = format({ hour: "2-digit", minute: "2-digit" });
const WEEKDAY = format({ weekday: "short" });
const DAY = format({ day: "numeric", month: "short" });
const YEAR = format({ day: "numeric", month: "short", year: "numeric" });
const LONG = format({ weekday: "long", day: "numeric", month: "long" });
const FULL = format({ dateStyle: "full", timeStyle: "short" });

const midnight = (ms) => new Date(ms).setHours(0, 0, 0, 0);
const daysAgo = (at) => Math.round((midnight(now.value) - midnight(at)) / 86_400_000);

export const clock = (at) => CLOCK.format(new Date(at));
export const full = (at) => FULL.format(new Date(at));
export const dayKey = (at) => midnight(Date.parse(at));

/** 09:44 today, Sun this week, 12 Sep this year, 3 Mar 2025 before. */
export function shortTime(at) {
  const date = new Date(at);
  const days = daysAgo(date.getTime());
  if (days <= 0) return CLOCK.format(date);
  if (days < 7) return WEEKDAY.format(date);
  return (date.getFullYear() === new Date(now.value).getFullYear() ? DAY : YEAR).format(date);
}

/** The first moment, in ms, of a day of an address: "today", "7d" (today and the six before) or "2026-11-05"; later:
    so many days after it. NaN for anything else. */
export function dayStart(word, later = 0) {
  const [, days] = /^(\d{1,3})d$/.exec(word) || [];
  const [year, month, day] = word.split("-").map(Number);
  const date = days || word === "today" ? new Date(now.value) : new Date(year, month - 1, day);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - (days ? days - 1 : 0) + later).getTime();
}

export function dayName(at) {
  const days = daysAgo(Date.parse(at));
  if (days === 0) return t("Today");
  if (days === 1) return t("Yesterday");
  return days < 300 ? LONG.format(new Date(at)) : YEAR.format(new Date(at));
}

/** "Mon 9:00" for a time to come. */
export function soon(at) {
  const days = daysAgo(Date.parse(at));
  return days === 0 ? clock(at) : `${(days > -7 ? WEEKDAY : DAY).format(new Date(at))} ${clock(at)}`;
}

/** "23 h 58 m", "4 m": how much of ms is left, never below one minute. */
export function span(ms) {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  if (!hours) return t("{m} m", { m: minutes });
  return minutes % 60 ? t("{h} h {m} m", { h: hours, m: minutes % 60 }) : t("{h} h", { h: hours });
}

/** By when a customer is to be answered: {words, look}; null when nothing is promised. */
export function dueOf({ answer_due_at: at, status }) {
  if (!at || status === "closed") return null;
  const left = Date.parse(at) - now.value;
  if (left <= 0) return { words: t("{span} late", { span: span(-left) }), look: "hot" };
  if (left > 4 * 3_600_000) return { words: t("by {time}", { time: soon(at) }), look: "" };
  return { words: t("{span} left", { span: span(left) }), look: left < 900_000 ? "warm" : "" };
}

/** "5 s ago", "3 min ago" */
export function ago(at) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(at)) / 1000));
  const [size, unit] = [[86_400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]].find(([n]) => seconds >= n || n === 1);
  return new Intl.RelativeTimeFormat(locale, { style: "short" }).format(-Math.floor(seconds / size), unit);
}

/** Who answered while somebody was writing. */
export const answeredWords = ({ author, at }) => t("{name} replied {ago}.", { name: author.name.split(" ")[0], ago: ago(at) });

/** "1:05" */
export function duration(seconds) {
  const whole = Math.floor(seconds || 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const inUnit = (unit, digits) => new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: digits });

/** "277 kB", "5 MB" */
export function bytes(size) {
  const kilobytes = Math.max(1, size / 1024);
  return kilobytes < 1024 ? inUnit("kilobyte", 0).format(kilobytes) : inUnit("megabyte", 1).format(kilobytes / 1024);
}

// Time zone → how its time is written.
const zones = new Map();
/** "09:44 in Lagos" for a customer's time zone; "" for one the browser does not know. */
export function localTime(zone) {
  if (!zones.has(zone)) zones.set(zone, format({ hour: "2-digit", minute: "2-digit", timeZone: zone }));
  try {
    const time = zones.get(zone).format(now.value);
    return t("{time} in {place}", { time, place: zone.split("/").at(-1).replace(/_/g, " ") });
  } catch { return ""; }
}

export function languageName(tag) {
  try { return new Intl.DisplayNames([locale], { type: "language" }).of(tag); } catch { return tag; }
}

const COUNTRY = /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d{4,})$/;

/** "+44 7700 900123" rather than +447700900123; only for reading, never stored. */
export function phone(value) {
  const [, country, rest] = COUNTRY.exec(value) || [];
  if (!rest) return value;
  const inThrees = rest.match(/\d{1,3}(?=(?:\d{3})*\d{4}$)|\d{4}$/g) || [rest];
  return `+${country} ${(country === "44" ? [rest.slice(0, 4), rest.slice(4)] : inThrees).join(" ")}`;
}

const KINDS = {
  image: ["camera", () => t("Photo")], video: ["video", () => t("Video")], audio: ["music", () => t("Audio")],
  voice: ["mic", () => t("Voice message")], document: ["file-text", () => t("Document")],
  sticker: ["sticker", () => t("Sticker")], location: ["map-pin", () => t("Location")],
  contacts: ["contact", () => t("Contact card")], template: ["layout-template", () => t("Template")],
  interactive: ["list", () => t("Choice")], order: ["tag", () => t("Order")], call: ["phone", () => t("Call")],
  system: ["info", () => t("Notice")], reaction: ["smile", () => t("Reaction")],
  flow_reply: ["file-text", () => t("Form answer")], unknown: ["circle-alert", () => t("Unsupported message")],
};

/** [icon or "", words] for a message in one line, as list rows, quotes and labels show it. */
export function inOneLine({ kind, text, revoked_at }) {
  const [icon, name] = KINDS[kind] || ["", () => ""];
  if (revoked_at || kind === "revoked") return ["circle-slash", t("Message taken back")];
  const isPlain = text && ["template", "interactive"].includes(kind);
  return [isPlain ? "" : icon, text || name()];
}

// ---------------------------------------------------------------- markup

const WEB = /\bhttps?:\/\/[^\s<>"]+|\bwww\.[^\s<>"]+\.[^\s<>"]+/;
const MAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/;
const TEL = /(?<![\w+])(?:\+|00)\d[\d ().-]{6,18}\d/;
const LINK = new RegExp([WEB, MAIL, TEL].map((one) => one.source).join("|"), "gi");
const WRAPS = { "*": "strong", _: "em", "~": "s" };
const isWord = (letter) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);
const isSpace = (letter) => letter === undefined || /\s/.test(letter);

function address(found) {
  if (/^[\w.+-]+@/.test(found)) return `mailto:${found}`;
  if (/^(\+|00)\d/.test(found)) return `tel:${found.replace(/[^\d+]/g, "").replace(/^00/, "+")}`;
  try {
    const url = new URL(/^www\./i.test(found) ? `https://${found}` : found);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch { return null; }
}

function findLinks(text) {
  const links = [];
  for (const match of text.matchAll(LINK)) {
    let found = match[0].replace(/[.,;:!?*_~'"’”`]+$/, "");
    if (found.endsWith(")") && !found.includes("(")) found = found.slice(0, -1);
    const href = address(found);
    if (href) links.push({ start: match.index, end: match.index + found.length, href });
  }
  return links;
}

/** Where the span opened at i closes, or -1: same line, tight to its words, not inside a link. */
function closing(text, i, end, links) {
  const sign = text[i];
  if (isWord(text[i - 1]) || isSpace(text[i + 1]) || text[i + 1] === sign) return -1;
  for (let j = i + 2; j < Math.min(end, i + 4096) && text[j] !== "\n"; j += 1) {
    const inLink = links.some((link) => j > link.start && j < link.end);
    if (text[j] === sign && !inLink && !isSpace(text[j - 1]) && !isWord(text[j + 1])) return j;
  }
  return -1;
}

function parse(text, start, end, links) {
  const nodes = [];
  let plain = "";
  const push = (node) => { if (plain) nodes.push(plain); plain = ""; nodes.push(node); };
  for (let i = start; i < end;) {
    const link = links.find((one) => one.start === i && one.end <= end);
    const fence = text.startsWith("```", i) ? text.indexOf("```", i + 3) : -1;
    const code = text[i] === "`" && fence < 0 ? text.slice(i + 1, end).search(/[`\n]/) : -1;
    const close = WRAPS[text[i]] ? closing(text, i, end, links) : -1;
    if (link) { push({ tag: "a", href: link.href, nodes: [text.slice(i, link.end)] }); i = link.end; }
    else if (fence > i + 3 && fence < end) {
      plain = plain.replace(/\n$/, "");
      push({ tag: "pre", nodes: [text.slice(i + 3, fence).replace(/^\n|\n$/g, "")] });
      i = fence + (text[fence + 3] === "\n" ? 4 : 3);
    }
    else if (code > 0 && text[i + 1 + code] === "`") {
      push({ tag: "code", nodes: [text.slice(i + 1, i + 1 + code)] });
      i += code + 2;
    }
    else if (close > 0) { push({ tag: WRAPS[text[i]], nodes: parse(text, i + 1, close, links) }); i = close + 1; }
    else { plain += text[i]; i += 1; }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

/** A message's text as a tree: strings and {tag: strong|em|s|code|pre|a, href?, nodes}. Safe by construction. */
export const markup = (text) => parse(text, 0, text.length, findLinks(text));

/** Whether a text is only a few emoji, which are then drawn large. */
export const isJumbo = (text) => text.length < 24 && EMOJI.test(text.trim());
const EMOJI = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\u{1F1E6}-\u{1F1FF}\u200d\ufe0f]{1,12}$/u;

/** An address as people read it; what only a provider reads is shown by its name, where it has one. */
export const addressWords = ({ kind, value, label }) => (kind === "phone" ? phone(value)
  : kind === "email" ? value : label || value);

/** What a customer is called: by name, else by number. */
export const whoIs = ({ name, addresses = [] }) => name || phone(addresses.find((one) => one.kind === "phone")?.value || "")
  || t("Unknown");

/** How a conversation came apart, seen from one of the two. */
export const apart = (part, who) => ({
  earlier: () => t("{who} closed this here; what follows is a conversation of its own", { who }),
  later: () => t("{who} began this out of an earlier conversation", { who }),
})[part]?.() || t("{who} took two conversations apart again", { who });
