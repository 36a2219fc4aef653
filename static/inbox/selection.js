// Which conversations of the list are chosen, to be changed together: some by hand, or all that match.
import { effect, html, route, signal, useEffect } from "./base.js";
import { list } from "./lists.js";

/** ids: chosen by hand; all: how many match when all of them are meant, {count, is_more}, else null. */
export const selection = signal({ ids: new Set(), all: null });
// Where a range begins
let anchor = null;

const set = (ids) => { selection.value = { ids, all: null }; };
export const isChosen = (id) => Boolean(selection.value.all) || selection.value.ids.has(id);
export const isChoosing = () => Boolean(selection.value.all || selection.value.ids.size);
export function choseAll(found) { selection.value = { ids: selection.peek().ids, all: found }; }
export function chooseNone() { anchor = null; if (selection.peek().all || selection.peek().ids.size) set(new Set()); }

/** Choose one more, or one less. */
export function choose(id) {
  const ids = new Set(selection.peek().ids);
  if (!ids.delete(id)) ids.add(id);
  anchor = id;
  set(ids);
}

/** Choose everything from where the last choice was made to here. */
export function chooseTo(id) {
  const { shown } = list.peek();
  const [from, to] = [anchor ?? route.peek().thread, id].map((one) => shown.indexOf(one));
  if (to < 0) return;
  const [low, high] = [from < 0 ? to : from, to].sort((a, b) => a - b);
  set(new Set([...selection.peek().ids, ...shown.slice(low, high + 1)]));
}

let key = "";
// Another list is another choice
effect(() => {
  if (list.value.key === key) return;
  ({ key } = list.value);
  chooseNone();
});

// The module for many at once, loaded when the first one is chosen
const bulk = signal(null);
const loadBulk = () => { import("./ui/bulk.js").then((module) => { bulk.value = module; }, () => {}); };

/** What stands above the list; while conversations are chosen or changed, what can be done to them instead. */
export function Tools({ most, children }) {
  const isNeeded = isChoosing() || bulk.value?.isBusy();
  useEffect(() => { if (isNeeded && !bulk.value) loadBulk(); }, [isNeeded]);
  return isNeeded && bulk.value ? html`<${bulk.value.BulkBar} most=${most} />` : children;
}
