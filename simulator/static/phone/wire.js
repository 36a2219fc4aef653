// "On the wire": every webhook out and API call in, newest first, with the JSON behind each.
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Json } from "./json.js";
import { copy } from "./menu.js";
import { place, wire } from "./state.js";
import { clockSeconds } from "./when.js";
import { sizeWords } from "./words.js";

const SHOWN = 120;
const FILTERS = [["all", "All"], ["out", "Webhooks"], ["in", "Sends"]];
const filter = signal("all");
const isOnlyHere = signal(true);

export function Wire() {
  const { number } = place.value;
  const entries = wire.value.filter((e) => (filter.value === "all" || e.direction === filter.value) && (!isOnlyHere.value || !number || !e.number || e.number === number));
  return html`<section class="wire" aria-labelledby="wire">
    <div class="head2"><h2 id="wire">On the wire</h2>
      <span class="seg to-end" role="radiogroup" aria-label="Show">${FILTERS.map(([value, words]) => html`<label key=${value}>
        <input type="radio" name="wire" data-testid=${`wire-${value}`} checked=${filter.value === value} onChange=${() => { filter.value = value; }} />${words}</label>`)}</span></div>
    ${number ? html`<label class="onlyhere"><input type="checkbox" checked=${isOnlyHere.value} onChange=${(event) => { isOnlyHere.value = event.currentTarget.checked; }} />Only this phone</label>` : null}
    <ol class="log" data-testid="wire-log">${entries.slice(0, SHOWN).map((entry) => html`<${Entry} key=${entry.seq} entry=${entry} />`)}</ol>
    ${entries.length ? null : html`<p class="hint">Nothing yet. Each message, tick and call shows here with its JSON.</p>`}
  </section>`;
}

function Entry({ entry }) {
  const [isOpen, open] = useState(false);
  const isOut = entry.direction === "out";
  return html`<li><details onToggle=${(event) => open(event.currentTarget.open)}>
    <summary><time class="num" datetime=${entry.at}>${clockSeconds(entry.at)}</time>
      <span class=${isOut ? "to" : "from"}><${Icon} name=${isOut ? "arrow-right" : "arrow-left"} label=${isOut ? "phone to business" : "business to phone"} /></span>
      <code dir="auto">${entry.label || `${entry.method} ${pathOf(entry)}`}</code><${Result} entry=${entry} /></summary>
    ${isOpen ? html`<${Peek} entry=${entry} />` : null}
  </details></li>`;
}

// Webhooks name a whole address; its path tells enough here.
function pathOf({ path }) {
  return path?.replace(/^https?:\/\/[^/]+/, "") || "/";
}

function Result({ entry }) {
  const { status, ms, detail } = entry;
  if (status == null) return html`<span class=${`res ${detail ? "bad" : "wait"}`}>${detail ? "no answer" : "waits"}</span>`;
  return html`<span class=${`res ${status >= 400 ? "bad" : ""}`}>${status} · ${ms < 10 ? Math.max(1, Math.round(ms)) : Math.round(ms)} ms</span>`;
}

function Peek({ entry }) {
  const isShort = entry.body != null && entry.size > new Blob([entry.body]).size;
  return html`<div class="peek">
    <p><span class="address">${entry.method} ${pathOf(entry)}</span><span class="num">${sizeWords(entry.size)}</span>
      ${entry.direction === "out" && entry.status ? html`<span>signed</span>` : null}
      <button type="button" class="linkish" onClick=${() => copy(entry.body ?? "", "JSON copied")}>Copy</button></p>
    ${entry.detail ? html`<p class="bad" dir="auto">${entry.detail}</p>` : null}
    ${entry.body ? html`<${Json} text=${entry.body} />` : null}
    ${isShort ? html`<p>Only the first part is shown.</p>` : null}
  </div>`;
}
