// JSON made readable: indented, names and values in different colours. What does not parse is shown as it came.
import { html } from "./html.js";

const LINE = 44;
const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function Json({ text }) {
  return html`<pre tabindex="0" aria-label="JSON">${coloured(pretty(text))}</pre>`;
}

function pretty(text) {
  try {
    return written(JSON.parse(text), 0);
  } catch {
    return text;
  }
}

// Short values stay on one line, so that a webhook's many wrappers do not fill the panel with brackets.
function written(value, depth) {
  const line = oneLine(value);
  if (value === null || typeof value !== "object" || line.length + depth <= LINE) return line;
  const isList = Array.isArray(value);
  const inside = isList
    ? value.map((item) => written(item, depth + 1))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${written(item, depth + 1)}`);
  const pad = " ".repeat(depth + 1);
  return `${isList ? "[" : "{"}\n${inside.map((part) => pad + part).join(",\n")}\n${" ".repeat(depth)}${isList ? "]" : "}"}`;
}

function oneLine(value) {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${oneLine(item)}`).join(", ")}}`;
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
