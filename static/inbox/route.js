// The address bar holds the view, the filters, the conversation and the message; Back and shared links restore them.
import { signal } from "./base.js";

export const FILTERS = ["status", "channel", "assignee", "team", "label", "priority", "unread", "q"];
const DEFAULTS = { view: "mine", sort: "newest" };

function read() {
  const query = new URLSearchParams(location.search);
  const filters = Object.fromEntries(FILTERS.filter((name) => query.get(name)).map((name) => [name, query.get(name)]));
  return {
    view: query.get("view") || DEFAULTS.view, sort: query.get("sort") || DEFAULTS.sort,
    thread: query.get("thread"), message: query.get("message"), filters,
  };
}

export const route = signal(read());

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
  if (address !== location.pathname + location.search) history[replace ? "replaceState" : "pushState"](null, "", address);
  route.value = next;
}

addEventListener("popstate", () => { route.value = read(); });
