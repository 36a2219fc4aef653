// Small conversions from data to words: numbers, sizes, initials, one line for any message.
import { plain } from "./text.js";

const ONE_DIGIT = new Set(["1", "7"]);
const TWO_DIGITS = new Set(("20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 " +
  "81 82 84 86 90 91 92 93 94 95 98").split(" "));
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** "2348035550177" → "+234 803 555 0177". Anything but digits stays as it is. */
export function prettyNumber(number) {
  const digits = String(number).replace(/[\s+()-]/g, "");
  if (!/^\d{7,15}$/.test(digits)) return String(number);
  const length = ONE_DIGIT.has(digits[0]) ? 1 : TWO_DIGITS.has(digits.slice(0, 2)) ? 2 : 3;
  const rest = digits.slice(length).replace(/(\d{3})(?=\d{3})/g, "$1 ").replace(/ (\d)$/, "$1");
  return `+${digits.slice(0, length)} ${rest}`;
}

/** Bytes in words, for people. */
export function sizeWords(bytes) {
  if (bytes == null) return "";
  const units = ["byte", "kilobyte", "megabyte"];
  const step = Math.min(2, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1000)));
  const format = new Intl.NumberFormat(undefined, { style: "unit", unit: units[step], unitDisplay: "short", maximumFractionDigits: step === 2 ? 1 : 0 });
  return format.format(bytes / 1000 ** step);
}

/** Up to two initials; whole characters, so emoji and accents survive. */
export function initials(name) {
  const words = (name || "").trim().split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => firstCharacter(word).toLocaleUpperCase()).join("") || "?";
}

function firstCharacter(word) {
  return graphemes.segment(word)[Symbol.iterator]().next().value?.segment ?? "";
}

/** A steady hue (0–359) for a name or number. */
export function hueOf(text) {
  let sum = 7;
  for (const character of String(text)) sum = (sum * 31 + character.codePointAt(0)) % 100003;
  return (sum % 18) * 20;
}

const KINDS = {
  image: "Photo", video: "Video", audio: "Audio", voice: "Voice note", document: "Document", sticker: "Sticker",
  location: "Location", contacts: "Contact", contact: "Contact", order: "Order", unsupported: "Message",
};

/** One line that stands for a message, in the list and in quotes. */
export function snippet(message) {
  if (!message) return "";
  if (message.revoked_at) return "Message deleted";
  const text = plain(message.template?.header?.text || message.text || message.template?.body || "");
  if (message.kind === "reaction") return text ? `Reacted ${text}` : "Reaction removed";
  const label = KINDS[kindOf(message)];
  if (message.kind === "document") return text || message.media?.filename || label;
  return text || label || message.kind;
}

/** A message's kind as the page names it: on the wire a voice note is audio with a mark. */
export function kindOf({ kind, content }) {
  return kind === "audio" && content?.audio?.voice ? "voice" : kind;
}

/** The icon name for a message that has no words of its own. */
export function kindIcon(message) {
  return { image: "image", video: "video", audio: "music", voice: "mic", document: "file-text", sticker: "sticker",
    location: "map-pin", contacts: "contact" }[kindOf(message)];
}

export const STATUS_WORDS = { waiting: "Waiting for a connection", sent: "Sent", delivered: "Delivered", read: "Read", failed: "Not sent" };
