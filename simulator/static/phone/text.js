// Message text as WhatsApp shows it: *bold* _italic_ ~strike~ `code`, addresses as links. Output is a tree of nodes, never HTML.
import { html } from "./html.js";

const MARKS = { "*": "b", _: "i", "~": "s" };
const LINK = /\bhttps?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'’]/giu;
const BLOCK = /```([\s\S]+?)```/u;
const INLINE = /`([^`\n]+)`/u;
// A mark opens after a space or at the start, closes before a space or punctuation, and holds no space at its ends.
const MARKED = /(^|[^\p{L}\p{N}])([*_~])(?=\S)((?:(?!\2).)*?[^\s])\2(?![\p{L}\p{N}])/su;
const ONLY_EMOJI = /^(?:\p{RI}\p{RI}|[#*0-9]\uFE0F?\u20E3|\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F?|\p{EMod}|\u200D|\s)+$/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The nodes of one text. */
export function rich(text) {
  return text ? around(text, BLOCK, (m) => html`<code class="blockcode">${m[1]}</code>`, codes) : null;
}

const codes = (text) => around(text, INLINE, (m) => html`<code>${m[1]}</code>`, marks);

function marks(text) {
  const found = MARKED.exec(text);
  if (!found) return links(text);
  const start = found.index + found[1].length;
  const Tag = MARKS[found[2]];
  return [links(text.slice(0, start)), html`<${Tag}>${marks(found[3])}</${Tag}>`, marks(text.slice(found.index + found[0].length))];
}

function links(text) {
  return around(text, LINK, (m) => html`<a href=${m[0]} target="_blank" rel="noopener noreferrer nofollow">${m[0]}</a>`, (rest) => rest);
}

// Split by a pattern: what matches goes to `inside`, what lies between to `outside`.
function around(text, pattern, inside, outside) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(new RegExp(pattern.source, "gu"))) {
    if (found.index > at) nodes.push(outside(text.slice(at, found.index)));
    nodes.push(inside(found));
    at = found.index + found[0].length;
  }
  if (at < text.length) nodes.push(outside(text.slice(at)));
  return nodes;
}

/** The text without its marks, for one line in a list. */
export function plain(text) {
  return text.replace(new RegExp(MARKED.source, "gsu"), "$1$3").replace(/```?|`/g, "");
}

/** How many emoji a text consists of when it holds nothing else and at most three; otherwise 0. They are drawn large. */
export function largeEmoji(text) {
  if (!text || text.length > 40 || !ONLY_EMOJI.test(text)) return 0;
  const count = [...graphemes.segment(text.replace(/\s/gu, ""))].length;
  return count <= 3 ? count : 0;
}

/** Whether a text is long enough to be folded behind "Read more". */
export function isLong(text) {
  return text.length > 900 || text.split("\n").length > 16;
}
