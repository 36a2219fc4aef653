// JSON made readable: two spaces deep, names and values in different colours. What does not parse is shown as it came.
import { html } from "./html.js";

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function Json({ text }) {
  return html`<pre tabindex="0" aria-label="JSON">${coloured(pretty(text))}</pre>`;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function coloured(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    const kind = found[2] ? "k" : found[1] ? "s" : "d";
    const word = found[1] ?? found[0];
    nodes.push(text.slice(at, found.index), html`<span class=${kind}>${word}</span>`);
    at = found.index + word.length;
  }
  nodes.push(text.slice(at));
  return nodes;
}
