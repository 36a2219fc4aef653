// The list of conversations: a window of rows of one height over a list of any length.
import {
  Icon, figure, filtersHere, go, html, route, signal, t, tn, useEffect, useLayoutEffect, useRef, useState, viewHere,
} from "../base.js";
import { hooks, tip } from "../commands.js";
import { VIEWS, ensure, list, release, reload, setHold, total } from "../lists.js";
import { session, views } from "../store.js";
import { warm } from "../timelines.js";
import { Chips, pickView } from "./filters.js";
import { Row, bones, choose, chooseTo, isChoosing, isChosen, rowSize, slot } from "./row.js";

const OVERSCAN = 6;
// Rows asked for before they are drawn, so that who scrolls on finds them there; whoever stands at the top gets
// the conversation they open first
const AHEAD = 24;
const WARM_MS = 80;

// ---------------------------------------------------------------- the window

/** [from, to] of the rows in sight with some to spare, and the scroll handler that keeps it. Those to spare come
    after the first frame. */
function useWindow(ref, count) {
  const [range, setRange] = useState(() => [0, Math.min(count, Math.ceil(innerHeight / rowSize.peek()))]);
  const measure = () => {
    const box = ref.current;
    if (!box) return;
    const row = rowSize.peek();
    const from = Math.max(0, Math.floor(box.scrollTop / row) - OVERSCAN);
    const to = Math.min(count, Math.ceil((box.scrollTop + box.clientHeight) / row) + OVERSCAN);
    setHold("scrolled", box.scrollTop > 8);
    setRange((old) => (old[0] === from && old[1] === to ? old : [from, to]));
  };
  const isNew = useRef(true);
  useLayoutEffect(() => { if (!isNew.current) measure(); isNew.current = false; }, [count]);
  useEffect(() => {
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(ref.current);
    return () => watch.disconnect();
  }, [count]);
  return [range, measure];
}

/** The row with the focus, else the open one. */
const here = () => document.activeElement?.dataset.id || route.peek().thread;

let going = null; // the row that gets the focus as soon as it is drawn

/** Move the focus in the list by rows, and tell where to; a row outside the window is scrolled in first. */
function moveFocus(box, ids, step) {
  const from = ids.indexOf(going || here());
  const to = Math.max(0, Math.min(ids.length - 1, from < 0 ? 0 : from + step));
  if (!ids[to]) return null;
  const row = rowSize.peek();
  const top = to * row;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + row > box.scrollTop + box.clientHeight) box.scrollTop = top + row - box.clientHeight;
  const find = () => box.querySelector(`[data-id="${ids[to]}"]`);
  const focus = () => { if (going === ids[to]) { going = null; find()?.focus({ preventScroll: true }); } };
  going = ids[to];
  if (find()) focus(); else requestAnimationFrame(() => requestAnimationFrame(focus));
  return ids[to];
}

const idAt = ({ target }) => target.closest("[data-id]")?.dataset.id;

/** A click opens a row, or chooses it: with Shift all up to it, on its face this one. */
function onClick(event) {
  const id = idAt(event);
  if (!id || event.ctrlKey || event.metaKey || event.button) return;
  event.preventDefault();
  if (event.shiftKey) chooseTo(id);
  else if (event.target.closest(".avatar[title]")) choose(id);
  else go({ thread: id });
}

/** Shift-click chooses rows, not words. */
const onMouseDown = (event) => { if (event.shiftKey && idAt(event)) event.preventDefault(); };

/** What loads a conversation when the pointer or the focus rests on its row: [on, off]. */
function useWarmth() {
  const rest = useRef({ id: null, timer: 0 }).current;
  const to = (id = null) => {
    if (id === rest.id) return;
    clearTimeout(rest.timer);
    rest.id = id;
    if (id) rest.timer = setTimeout(() => warm(id), WARM_MS);
  };
  useEffect(() => () => to(), []);
  return [(event) => to(idAt(event)), () => to()];
}

function Rows() {
  const ref = useRef(null);
  const { shown, state, key } = list.value;
  const { view, thread: open } = route.value;
  const count = total();
  const size = rowSize.value;
  const [[from, to], measure] = useWindow(ref, count);
  const sized = useRef(size);
  const [stop, setStop] = useState(null); // the row that Tab reaches
  const [held, setHeld] = useState(null); // the row with the focus stays drawn wherever it is scrolled to
  const was = useRef(key);
  // Another list begins at its top; the first one stands there, and asking would cost a layout.
  useLayoutEffect(() => {
    if (was.current !== key) ref.current.scrollTop = 0;
    was.current = key;
  }, [key]);
  useLayoutEffect(() => { // rows of another height: the one at the top stays there
    if (sized.current === size) return;
    ref.current.scrollTop *= size / sized.current;
    sized.current = size;
    measure();
  }, [size]);
  const opened = useRef(open);
  useEffect(() => { // what had the focus has gone, as a closed conversation does: it goes on from the open one
    const isLost = opened.current !== open || (stop && !shown.includes(stop));
    opened.current = open;
    if (!isLost || document.activeElement !== document.body) return;
    const find = (which) => ref.current.querySelector(which);
    (find(`[data-id="${open}"]`) || find("[tabindex='0']"))?.focus({ preventScroll: true });
  }, [open, shown]);
  useEffect(() => ensure(from ? to + AHEAD : to), [from, to, shown.length, state]);
  hooks.moveList = (step) => moveFocus(ref.current, shown, step);
  hooks.choose = () => here() && choose(here());
  hooks.extend = (step) => {
    if (here() && !isChosen(here())) choose(here());
    chooseTo(moveFocus(ref.current, shown, step));
  };
  const tab = [stop, open].find((id) => shown.includes(id)) || shown[from] || shown[0];
  const row = (id, index) => html`<${Row} key=${id} id=${id} index=${index} count=${count} view=${view} list=${key}
    isOpen=${id === open} isStop=${id === tab} />`;
  const rows = shown.slice(from, to).map((id, i) => row(id, from + i));
  const away = shown.indexOf(held);
  // Where it stands among the others: a browser scrolls back to the focus when its element is moved
  if (away >= 0 && away < from) rows.unshift(row(held, away)); else if (away >= to) rows.push(row(held, away));
  for (let i = Math.max(from, shown.length); i < to; i += 1) rows.push(slot({ key: i, index: i }, bones()));
  const [onRest, onLeave] = useWarmth();
  const onFocusIn = (event) => {
    const id = idAt(event);
    setHeld(id);
    if (id) setStop(id);
    onRest(event);
  };
  const onFocusOut = () => { setHeld(null); onLeave(); };
  // Each for all rows: a list is scrolled
  const on = { onScroll: measure, onClick, onMouseDown, onFocusIn, onFocusOut, onPointerOver: onRest, onPointerLeave: onLeave };
  return html`<div class="rows" ref=${ref} data-testid="list" ...${on}><ul class="sizer" style=${{ height: `${count * size}px` }}>${rows}</ul></div>`;
}

// ---------------------------------------------------------------- nothing, failed

const EMPTY = {
  mine: () => t("Nothing is assigned to you."), unassigned: () => t("Every conversation has an owner."),
  unread: () => t("Everything is read."), waiting: () => t("Nobody is waiting for an answer."),
  mentions: () => t("Nobody mentioned you."), watching: () => t("You watch no conversation."), snoozed: () => t("Nothing is snoozed."),
  closed: () => t("Nothing was closed yet."), all: () => t("No conversations yet."),
};

/** The most useful next step from an empty list. */
function nextStep(view, isFiltered) {
  const free = views.value.find((one) => one.key === "unassigned")?.count || 0;
  if (isFiltered) return [t("Remove filters"), () => go({ filters: {} })];
  const toFree = () => go({ view: "unassigned" });
  if (view === "mine" && free) return [tn("Show {n} unassigned", "Show {n} unassigned", free), toFree];
  return view === "all" ? null : [t("Show all"), () => go({ view: "all" })];
}

function Empty({ view, filters }) {
  const isFiltered = Object.keys(filters).length > 0;
  const step = nextStep(view, isFiltered);
  const phone = session.value.phone_url;
  return html`<div class="empty" data-testid="list-empty"><${Icon} name=${isFiltered ? "list-filter" : "inbox"} />
    <p>${isFiltered ? t("No conversation matches.") : (EMPTY[view] || EMPTY.all)()}</p>
    ${step && html`<button type="button" class="btn" onClick=${step[1]}>${step[0]}</button>`}
    ${!step && phone && html`<a class="btn" href=${phone} target="_blank" rel="noopener">
      ${t("Write from the demo phone")}</a>`}</div>`;
}

const Failed = ({ problem }) => html`<div class="empty" role="alert" data-testid="list-error">
  <${Icon} name="triangle-alert" /><p>${t("The list could not be loaded.")}</p><small>${problem}</small>
  <button type="button" class="btn" onClick=${() => reload()}>${t("Try again")}</button></div>`;

// ---------------------------------------------------------------- the pane

// The module for many at once, loaded when the first one is chosen
const bulk = signal(null);
const loadBulk = () => { import("./bulk.js").then((module) => { bulk.value = module; }, () => {}); };

/** What stands above the list; while conversations are chosen or changed, what can be done to them instead. */
function Tools({ most, children }) {
  const isNeeded = isChoosing() || bulk.value?.isBusy();
  useEffect(() => { if (isNeeded && !bulk.value) loadBulk(); }, [isNeeded]);
  return isNeeded && bulk.value ? html`<${bulk.value.BulkBar} most=${most} />` : children;
}

/** The rows, or what stands in their place; and what waits above them. */
function Body() {
  const { state, problem, fresh, shown } = list.value;
  const [view, filters] = [viewHere.value, filtersHere.value];
  const showNew = () => { document.querySelector(".rows").scrollTop = 0; release(); };
  const body = {
    error: () => html`<${Failed} problem=${problem} />`,
    loading: () => html`<div class="rows" data-testid="list" aria-busy="true">${[1, 2, 3, 4, 5].map(bones)}</div>`,
    ready: () => (shown.length ? html`<${Rows} />` : html`<${Empty} view=${view} filters=${filters} />`),
  }[state];
  return html`${fresh > 0 && html`<button type="button" class="newer" data-testid="new-chip" onClick=${showNew}>
    ${tn("{n} new", "{n} new", fresh)}</button>`}${body()}`;
}

/** isMain: nothing else is on the page, as on a phone with no conversation open. */
export function ListPane({ isMain }) {
  const [view, filters] = [viewHere.value, filtersHere.value];
  const name = (VIEWS[view] || VIEWS.all).label();
  const count = Object.keys(filters).length ? null : views.value.find((one) => one.key === view)?.count;
  const hover = (value) => (event) => event.pointerType === "mouse" && setHold("hover", value);
  return html`<section class="list" data-pane="list" id="conversations" role=${isMain ? "main" : null}
    aria-label=${t("Conversations")}><header><h1><span class="wide-only">${name}</span>
      <button type="button" class="view-switch" title=${tip(t("Views"), "view-mine")}
        onClick=${(event) => pickView(event.currentTarget)}>${name}<${Icon} name="chevron-down" /></button></h1>
      <span class="num">${figure(count)}</span>
      <button type="button" class="iconbtn s" aria-label=${t("New conversation")} title=${tip(t("New conversation"), "begin")}
        data-testid="begin" onClick=${() => hooks.begin()}><${Icon} name="plus" /></button></header><${Tools} most=${count}><${Chips} /><//>
    <div class="rows-box" onPointerEnter=${hover(true)} onPointerLeave=${hover(false)}><${Body} /></div></section>`;
}
