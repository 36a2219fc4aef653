// Small conversions from data to words: sizes, initials, one line for any message.
import { plain } from "./text.js";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Bytes in words, for people. */
export function sizeWords(bytes) {
  if (bytes == null) return "";
  const units = ["byte", "kilobyte", "megabyte"];
  const step = Math.min(2, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1000)));
  const format = new Intl.NumberFormat(undefined, {
    style: "unit", unit: units[step], unitDisplay: step ? "short" : "long", maximumFractionDigits: step === 2 ? 1 : 0,
  });
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
  location: "Location", contacts: "Contact", contact: "Contact", order: "Order", call: "Call", voice_call: "Voice call", unsupported: "Message",
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
    location: "map-pin", contacts: "contact", call: "phone" }[kindOf(message)];
}

export const STATUS_WORDS = { waiting: "Waiting for a connection", sent: "Sent", delivered: "Delivered", read: "Read", failed: "Not sent" };
