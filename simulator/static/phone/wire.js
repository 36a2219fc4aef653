// "On the wire": every webhook out and API call in, newest first, with the JSON behind each.
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Json } from "./json.js";
import { copy } from "./clipboard.js";
import { place, wire } from "./state.js";
import { clockSeconds } from "./when.js";
import { sizeWords } from "./words.js";

const SHOWN = 120;
const FILTERS = [["all", "All"], ["out", "Webhooks"], ["in", "Sends"]];
const filter = signal("all");
const isOnlyHere = signal(true);

export function Wire() {
  const entries = wire.value.filter(isShown);
  return html`<section class="wire" aria-labelledby="wire">
    <div class="head2"><h2 id="wire">On the wire</h2><${Filter} /></div>
    ${place.value.number ? html`<label class="onlyhere">
      <input type="checkbox" checked=${isOnlyHere.value} onChange=${({ currentTarget }) => { isOnlyHere.value = currentTarget.checked; }} />
      Only this phone</label>` : null}
    <ol class="log" data-testid="wire-log">${entries.slice(0, SHOWN).map((entry) => html`<${Entry} key=${entry.seq} entry=${entry} />`)}</ol>
    ${entries.length ? null : html`<p class="hint">Nothing yet. Each message, tick and call shows here with its JSON.</p>`}
  </section>`;
}

// Some entries, such as a batch for many people, belong to no phone: they always show.
function isShown({ direction, number }) {
  const { number: here } = place.value;
  const isHere = !isOnlyHere.value || !here || !number || number === here;
  return isHere && (filter.value === "all" || filter.value === direction);
}

function Filter() {
  return html`<span class="seg to-end" role="radiogroup" aria-label="Show">${FILTERS.map(([value, words]) => html`<label key=${value}>
    <input type="radio" name="wire" data-testid=${`wire-${value}`} checked=${filter.value === value}
      onChange=${() => { filter.value = value; }} />${words}</label>`)}</span>`;
}

function Entry({ entry }) {
  const [isOpen, open] = useState(false);
  return html`<li><details onToggle=${({ currentTarget }) => open(currentTarget.open)}>
    <summary><time class="num" datetime=${entry.at}>${clockSeconds(entry.at)}</time>
      <${Arrow} direction=${entry.direction} />
      <code dir="auto">${entry.label || `${entry.method} ${pathOf(entry)}`}</code><${Result} entry=${entry} /></summary>
    ${isOpen ? html`<${Peek} entry=${entry} />` : null}
  </details></li>`;
}

function Arrow({ direction }) {
  return direction === "out"
    ? html`<span class="to"><${Icon} name="arrow-right" label="phone to business" /></span>`
    : html`<span class="from"><${Icon} name="arrow-left" label="business to phone" /></span>`;
}

// Webhooks name a whole address; its path tells enough here.
function pathOf({ path }) {
  return path?.replace(/^https?:\/\/[^/]+/, "") || "/";
}

function Result({ entry }) {
  const { status, ms, detail } = entry;
  if (status == null) return html`<span class=${`res ${detail ? "bad" : "wait"}`}>${detail ? "no answer" : "waits"}</span>`;
  return html`<span class=${`res ${status >= 400 ? "bad" : ""}`}>${status} · ${Math.max(1, Math.round(ms))} ms</span>`;
}

function Peek({ entry }) {
  const isCut = entry.body != null && entry.size > new Blob([entry.body]).size;
  return html`<div class="peek">
    <p><span class="address">${entry.method} ${pathOf(entry)}</span><span class="num">${sizeWords(entry.size)}</span>
      ${entry.direction === "out" && entry.status ? html`<span>signed</span>` : null}
      <button type="button" class="linkish" onClick=${() => copy(entry.body ?? "", "JSON copied")}>Copy</button></p>
    ${entry.detail ? html`<p class="bad" dir="auto">${entry.detail}</p>` : null}
    ${entry.body ? html`<${Json} text=${entry.body} />` : null}
    ${isCut ? html`<p>Only the first part is shown.</p>` : null}
  </div>`;
}
