// What every module starts from: markup, signals, words, the address bar, what this browser keeps.
import { Component, Fragment, createRef, h, render } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { batch, computed, effect, signal, untracked } from "@preact/signals";
import htm from "htm";

/** Markup. What never changes in a template htm would make once and give again each time; but such an element points
    to all that stood around it first, which would then never be let go: told that it changes, htm keeps none. */
export const html = htm.bind(function make(...parts) { this[0] = 3; return h(...parts); });
export {
  Component, Fragment, batch, computed, createRef, effect, h, render, signal, untracked,
  useEffect, useLayoutEffect, useMemo, useRef, useState,
};

const page = document.documentElement.lang || "en";
/** How this person writes dates and numbers: the page's language as their browser knows it, "en-GB" for "en". */
export const locale = navigator.languages?.find((tag) => tag.split("-")[0] === page.split("-")[0]) || page;
/** A number in the reader's digits; nothing where there is none. */
export const figure = (n) => (n == null ? n : (figures ??= new Intl.NumberFormat(locale)).format(n));
// Made once, when first needed: that takes long.
let figures = null;

// A name in another script must not turn the words around it: in a page from right to left each value stands alone.
const alone = document.documentElement.dir === "rtl" ? (value) => `\u2068${value}\u2069` : (value) => value;
const written = (value) => alone(typeof value === "number" ? figure(value) : value ?? "");
const fill = (text, values) => (values ? text.replace(/\{(\w+)\}/g, (_, name) => written(values[name])) : text);

/** A sentence of the interface in the reader's language; {name} takes values.name, a number in the reader's digits. */
export const t = (text, values) => fill(globalThis.gettext ? globalThis.gettext(text) : text, values);

/** The same for a counted thing; {n} is the count in the reader's digits. */
export function tn(one, many, n, values) {
  const text = globalThis.ngettext ? globalThis.ngettext(one, many, n) : n === 1 ? one : many;
  return fill(text, { n: figure(n), ...values });
}

export const newRef = () => crypto.randomUUID();

/** The time now in ms, renewed twice a minute: whatever counts down or says "Today" reads it. */
export const now = signal(Date.now());
setInterval(() => { now.value = Date.now(); }, 30_000);

export const reduceMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Storage of this browser; a full or forbidden one must never stop the page. */
export const local = {
  get(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  },
  set(key, value) {
    try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; }
  },
  remove(key) {
    try { localStorage.removeItem(key); } catch { /* nothing was kept then */ }
  },
  /** Every [key, value] whose key begins with prefix. */
  scan(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => [key, local.get(key)]);
    } catch { return []; }
  },
};

/** What this person chose for this browser. enter: Enter sends; keys: single-letter shortcuts work; after: what a
    closed conversation makes room for; undo: for how many seconds a reply waits and can be taken back. */
const USUAL = {
  enter: true, keys: true, theme: "system", density: "comfortable", size: "normal", listWidth: 336, sideWidth: 312, side: true, after: "next", undo: 0,
};
export const prefs = signal({ ...USUAL, ...local.get("parley:prefs") });

export function setPref(name, value) {
  prefs.value = { ...prefs.peek(), [name]: value };
  local.set("parley:prefs", prefs.peek());
  if (name === "theme") local.set("parley:theme", value);
  globalThis.dress(prefs.peek());
}

/** Call fn when the page has nothing else to do, within half a second; returns how to call it off. */
export function whenIdle(fn) {
  const timer = window.requestIdleCallback ? requestIdleCallback(() => fn(), { timeout: 500 }) : setTimeout(fn, 50);
  return () => (window.cancelIdleCallback || clearTimeout)(timer);
}

const REST_MS = 150;
/** The same once somebody has stayed a moment: who passes by does not wait for what they never looked at. */
export function whenRested(fn) {
  let stop = () => {};
  const timer = setTimeout(() => { stop = whenIdle(fn); }, REST_MS);
  return () => { clearTimeout(timer); stop(); };
}

/** Resolves when the next frame is drawn, or soon where none is: for what its reader need not wait for. */
export const drawn = () => new Promise((done) => {
  requestAnimationFrame(() => setTimeout(done));
  setTimeout(done, 100);
});

/** The same, and nothing else waits: for calls out of the page, each of which takes longer than a bubble. */
export const settled = () => new Promise((done) => {
  requestAnimationFrame(() => whenIdle(done));
  setTimeout(done, 100);
});

/** Call fn once, `ms` after the last call; .flush() runs a waiting one now, .cancel() drops it. */
export function debounce(fn, ms) {
  let timer = 0;
  const run = () => { timer = 0; fn(); };
  const later = () => { clearTimeout(timer); timer = setTimeout(run, ms); };
  later.flush = () => { if (timer) { clearTimeout(timer); run(); } };
  later.cancel = () => { clearTimeout(timer); timer = 0; };
  return later;
}

/** Signals by id: one cell per row, so that a change redraws that row alone. */
export class Table {
  #cells = new Map();
  cell(id) {
    if (!this.#cells.has(id)) this.#cells.set(id, signal(undefined));
    return this.#cells.get(id);
  }
  get(id) { return this.#cells.get(id)?.peek(); }
  set(id, row) { this.cell(id).value = row; }
  /** Change a row that is there. */
  update(id, change) { if (this.get(id)) this.set(id, change(this.get(id))); }
  /** Every [id, row] there is, by id. */
  entries() {
    const rows = [...this.#cells].map(([id, cell]) => [id, cell.peek()]).filter(([, row]) => row !== undefined);
    return rows.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** [listen, tell]: listen(fn) calls fn with whatever tell(…) is given and returns how to stop. */
export function hearers() {
  const fns = new Set();
  return [(fn) => { fns.add(fn); return () => fns.delete(fn); }, (...news) => fns.forEach((fn) => fn(...news))];
}

/** Draws children again only when one of the named props is another object (bubbles, rows). */
export class Still extends Component {
  shouldComponentUpdate(next) {
    return Object.keys(next).some((name) => next[name] !== this.props[name]);
  }
}

// They point the way of reading.
const TURNING = ["chevron-left", "chevron-right", "reply", "log-out", "send"];

/** One icon of the sprite in the page; silent for screen readers unless it carries the only words. */
export function Icon({ name, label }) {
  const words = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  const look = TURNING.includes(name) ? "ico turns" : "ico";
  return html`<svg class=${look} viewBox="0 0 24 24" ...${words}><use href=${`#i-${name}`} /></svg>`;
}

const hue = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);

/** Up to two letters of a name; digits and signs give a plain person. */
export function initials(name) {
  const letters = (name || "").split(/[\s-]+/).map((word) => /^[@(]?(\p{L})/u.exec(word)?.[1]).filter(Boolean);
  return (letters.length > 1 ? [letters[0], letters.at(-1)] : letters).join("").toUpperCase();
}

/** A disc with initials. A member has a colour (0 to 11); a customer's comes from their id, so it never changes. */
export function Avatar({ name, id, colour, size, channel, title }) {
  const degrees = colour == null ? { "--hue": hue(id || name || "") } : null;
  const letters = initials(name);
  const inner = [!letters && html`<${Icon} name="user" />`, channel && html`<${Mark} kind=${channel} />`];
  return html`<span class=${`avatar ${size || ""}`} data-colour=${colour} data-letters=${letters} style=${degrees}
    title=${title} aria-hidden="true">${inner}</span>`;
}

/** The channel's disc. */
export function Mark({ kind }) {
  return html`<span class="mark" data-kind=${kind}><${Icon} name=${`channel-${kind}`} /></span>`;
}

/** The spot of a label or team. colour: index into the palette. */
export const Dot = ({ colour }) => html`<span class="dot" data-colour=${colour == null ? null : colour % 12}></span>`;

// ---------------------------------------------------------------- short words to the reader

export const toasts = signal([]);

/** Say something small for a while. action: {label, run}; tone: "" or "danger". Returns what dropToast takes. */
export function toast(text, { action, tone = "" } = {}) {
  const id = newRef();
  toasts.value = [...toasts.peek().slice(-2), { id, text, action, tone }];
  return id;
}
export const dropToast = (id) => { toasts.value = toasts.peek().filter((one) => one.id !== id); };

/** What a screen reader is told politely, once: new messages, failures, the connection. */
export const spoken = signal([]);
export function announce(text) {
  spoken.value = [...spoken.peek().slice(-4), { id: newRef(), text }];
}

/** The page's title without its count. */
export const pageTitle = signal(document.title);

// ---------------------------------------------------------------- the address bar

// It holds the view, the filters, the conversation and the message; Back and shared links restore them.
export const FILTERS = ["status", "channel", "assignee", "team", "label", "priority", "unread", "from", "to", "q"];
const DEFAULTS = { view: "mine", sort: "newest" };

function readAddress() {
  const query = new URLSearchParams(location.search);
  const filters = Object.fromEntries(FILTERS.filter((name) => query.get(name)).map((name) => [name, query.get(name)]));
  return {
    view: query.get("view") || DEFAULTS.view, sort: query.get("sort") || DEFAULTS.sort,
    thread: query.get("thread"), message: query.get("message"), filters,
  };
}

export const route = signal(readAddress());
/** Its parts: who reads these alone is not drawn again for another conversation. */
export const [viewHere, sortHere, filtersHere] = ["view", "sort", "filters"].map((part) => computed(() => route.value[part]));

/** The address of the current place with some parts changed; null takes a part away. */
export function href(change) {
  const next = { ...route.peek(), ...change };
  const query = new URLSearchParams();
  if (next.view !== DEFAULTS.view) query.set("view", next.view);
  for (const name of FILTERS) if (next.filters[name]) query.set(name, next.filters[name]);
  if (next.sort !== DEFAULTS.sort) query.set("sort", next.sort);
  if (next.thread) query.set("thread", next.thread);
  if (next.thread && next.message) query.set("message", next.message);
  const text = query.toString();
  return text ? `${location.pathname}?${text}` : location.pathname;
}

/** Go to another place. A message belongs to one visit, so it is dropped unless named. */
export function go(change, { replace = false } = {}) {
  const next = { ...route.peek(), message: null, ...change };
  const address = href(next);
  const isElsewhere = address !== location.pathname + location.search;
  if (isElsewhere) history[replace ? "replaceState" : "pushState"](null, "", address);
  route.value = next;
}

addEventListener("popstate", () => { route.value = readAddress(); });
