// The list of conversations: a window of rows of one height over a list of any length.
import { Avatar, Icon, html, now, prefs, setPref, t, tn, useEffect, useLayoutEffect, useRef, useState } from "../base.js";
import { complete, ensure, list, release, reload, setHold, total, VIEWS } from "../lists.js";
import { draftText } from "../drafts.js";
import { hooks, tip } from "../commands.js";
import { go, href, route } from "../route.js";
import { member, session, team, thread, unreadOf, views } from "../store.js";
import { inOneLine, shortTime, soon, span } from "../text.js";
import { prepare } from "../timelines.js";
import { SORT_NAMES } from "../lists.js";
import { filterName, pickFilter, pickSort, pickView, setFilter } from "./pickers.js";

const ROW = 72;
const OVERSCAN = 6;
const CLOSING_MS = 4 * 3_600_000;

/** How long the reply window still stands open, in ms; null when it does not matter now. */
export function windowLeft(row) {
  if (!row.window_until || row.status === "closed") return null;
  const left = Date.parse(row.window_until) - now.value;
  return left > 0 && left < CLOSING_MS ? left : null;
}

function Snippet({ row }) {
  const draft = draftText(row);
  if (draft) return html`<span class="snip" dir="auto"><span class="draft">${t("Draft:")}</span> ${draft}</span>`;
  const last = row.last_message;
  if (!last) return html`<span class="snip">${t("No messages yet")}</span>`;
  const [icon, words] = inOneLine(last);
  const who = last.direction === "outbound" && (last.author === session.value.me.name ? t("You:") : last.author ? `${last.author.split(" ")[0]}:` : "");
  const isBad = ["failed", "uncertain"].includes(last.status);
  return html`<span class="snip" dir="auto">${isBad && html`<span class="bad"><${Icon} name="circle-alert" label=${t("Not sent")} /></span>`}
    ${who && html`<b>${who} </b>`}${icon && html`<${Icon} name=${icon} />`}${words}</span>`;
}

function Flags({ row, unread, view }) {
  const left = windowLeft(row);
  const owner = member(row.assignee_id);
  const tag = row.priority === "urgent" ? html`<span class="tag hot">${t("Urgent")}</span>`
    : row.status === "closed" && view !== "closed" ? html`<span class="tag">${t("Closed")}</span>`
    : row.status === "snoozed" ? html`<span class="tag">${row.snoozed_until ? soon(row.snoozed_until) : t("Snoozed")}</span>`
    : left ? html`<span class="tag warm">${t("{time} left", { time: span(left) })}</span>`
    : row.priority === "high" ? html`<span class="tag warm">${t("High")}</span>`
    : row.labels[0] && !owner ? html`<span class="tag">${row.labels[0]}</span>` : null;
  if (!tag && !unread && (!owner || owner.id === session.value.me.id)) return null;
  return html`<span class="flags">${tag}${owner && owner.id !== session.value.me.id && html`<span class="owner-disc" title=${t("Assigned to {name}", { name: owner.name })}><${Avatar} name=${owner.name} colour=${owner.avatar} size="xs" /></span>`}
    ${unread > 0 && html`<span class="badge">${unread > 99 ? "99+" : unread}<span class="vh"> ${t("unread")}</span></span>`}</span>`;
}

/** What only screen readers need to hear of a row, beside what stands in it. */
function hiddenWords(row) {
  const owner = member(row.assignee_id)?.name || team(row.team_id)?.name;
  const state = { open: "", snoozed: t("Snoozed"), closed: t("Closed") }[row.status];
  return [row.channel?.name, state, owner ? t("Assigned to {name}", { name: owner }) : t("Unassigned")].filter(Boolean).join(", ");
}

function Row({ id, index, count, isOpen, isStop, view }) {
  const row = thread(id).value;
  const ref = useRef(null);
  const timer = useRef(0);
  useLayoutEffect(() => { ref.current.style.transform = `translateY(${index * ROW}px)`; }, [index]);
  useEffect(() => { if (row?.partial) complete(id); }, [row?.partial]);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (!row) return html`<li ref=${ref} class="row-slot"><${Bones} /></li>`;
  const unread = unreadOf(row);
  const warm = () => { clearTimeout(timer.current); timer.current = setTimeout(() => prepare(id), 80); };
  const cool = () => clearTimeout(timer.current);
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go({ thread: id });
  };
  return html`<li ref=${ref} class="row-slot" aria-posinset=${index + 1} aria-setsize=${count}>
    <a class=${`row ${unread ? "unread" : ""} ${row.status}`} href=${href({ thread: id, message: null })} data-testid=${`thread-row-${id}`} data-id=${id}
      aria-current=${isOpen ? "true" : null} tabindex=${isStop ? 0 : -1}
      onClick=${open} onPointerEnter=${warm} onPointerLeave=${cool} onFocus=${warm} onBlur=${cool}>
      <${Avatar} name=${row.customer.name} id=${row.customer.id} channel=${row.channel?.kind} />
      <span class="row-line"><span class="who"><bdi>${row.customer.name || t("Unknown")}</bdi></span><time>${row.last_message ? shortTime(row.last_message.at) : ""}</time></span>
      <span class="row-line"><${Snippet} row=${row} /><${Flags} row=${row} unread=${unread} view=${view} /></span><span class="vh">, ${hiddenWords(row)}</span>
    </a></li>`;
}

const Bones = () => html`<span class="row bones" aria-hidden="true"><span class="bone disc"></span><span class="bone wide"></span><span class="bone"></span></span>`;

/** Rows `from`…`to` of the scrolled list, drawn with some to spare. */
function useWindow(ref, count) {
  const [range, setRange] = useState([0, 24]);
  const measure = () => {
    const box = ref.current;
    if (!box) return;
    const first = Math.max(0, Math.floor(box.scrollTop / ROW) - OVERSCAN);
    const last = Math.min(count, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + OVERSCAN);
    setHold("scrolled", box.scrollTop > 8);
    setRange((old) => (old[0] === first && old[1] === last ? old : [first, last]));
  };
  useLayoutEffect(measure, [count]);
  useEffect(() => { const watch = new ResizeObserver(measure); watch.observe(ref.current); return () => watch.disconnect(); }, [count]);
  return [range, measure];
}

function Rows() {
  const ref = useRef(null);
  const { shown, state, key } = list.value;
  const { view, thread: open } = route.value;
  const count = total();
  const [[from, to], measure] = useWindow(ref, count);
  const [stop, setStop] = useState(null);
  const sizer = useRef(null);
  useLayoutEffect(() => { sizer.current.style.height = `${count * ROW}px`; }, [count]);
  useLayoutEffect(() => { ref.current.scrollTop = 0; }, [key]);
  useEffect(() => ensure(to), [to, shown.length, state]);
  hooks.moveList = (step) => moveFocus(ref.current, shown, step, setStop);
  const tab = shown.includes(stop) ? stop : shown.includes(open) ? open : shown[from] || shown[0];
  const rows = shown.slice(from, to).map((id, i) => html`<${Row} key=${id} id=${id} index=${from + i} count=${count} view=${view} isOpen=${id === open} isStop=${id === tab} />`);
  for (let i = Math.max(from, shown.length); i < to; i += 1) rows.push(html`<li key=${`bone${i}`} class="row-slot" ref=${(node) => { if (node) node.style.transform = `translateY(${i * ROW}px)`; }}><${Bones} /></li>`);
  return html`<div class="rows" ref=${ref} data-testid="list" onScroll=${measure} onFocusIn=${(event) => event.target.dataset.id && setStop(event.target.dataset.id)}>
    <ul class="sizer" ref=${sizer} aria-label=${t("Conversations")}>${rows}</ul></div>`;
}

/** Move the focus in the list by rows; a row outside the window is scrolled in first. */
function moveFocus(box, shown, step, setStop) {
  const here = shown.indexOf(document.activeElement?.dataset.id || route.peek().thread);
  const to = Math.max(0, Math.min(shown.length - 1, here < 0 ? 0 : here + step));
  const id = shown[to];
  if (!id) return;
  const top = to * ROW;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
  setStop(id);
  requestAnimationFrame(() => requestAnimationFrame(() => box.querySelector(`[data-id="${id}"]`)?.focus({ preventScroll: true })));
}

const EMPTY = {
  mine: () => t("Nothing is waiting for you."), unassigned: () => t("Every conversation has an owner."), unread: () => t("Everything is read."),
  waiting: () => t("Nobody is waiting for an answer."), mentions: () => t("Nobody mentioned you."), snoozed: () => t("Nothing is snoozed."), closed: () => t("Nothing was closed yet."), all: () => t("No conversations yet."),
};

function Empty({ view, filters }) {
  const isFiltered = Object.keys(filters).length > 0;
  const phone = session.value.phone_url;
  return html`<div class="empty" data-testid="list-empty"><${Icon} name=${isFiltered ? "list-filter" : "inbox"} /><p>${isFiltered ? t("No conversation matches these filters.") : (EMPTY[view] || EMPTY.all)()}</p>
    ${isFiltered ? html`<button type="button" class="btn" onClick=${() => go({ filters: {} })}>${t("Remove filters")}</button>`
      : view !== "all" ? html`<button type="button" class="btn" onClick=${() => go({ view: "all" })}>${t("Show all")}</button>`
      : phone ? html`<a class="btn" href=${phone} target="_blank" rel="noopener">${t("Write one from the demo phone")}</a>` : null}</div>`;
}

const Failed = ({ problem }) => html`<div class="empty" role="alert" data-testid="list-error"><${Icon} name="triangle-alert" /><p>${t("The list could not be loaded.")}</p><small>${problem}</small>
  <button type="button" class="btn" onClick=${() => reload()}>${t("Try again")}</button></div>`;

function Chips() {
  const { sort, filters } = route.value;
  return html`<div class="chips">
    <button type="button" class="chip" onClick=${(event) => pickSort(event.currentTarget)}>${SORT_NAMES[sort]?.() || sort}<${Icon} name="chevron-down" /></button>
    ${Object.entries(filters).map(([name, value]) => html`<button type="button" key=${name} class="chip on" data-testid=${`chip-${name}`} onClick=${() => setFilter(name, null)}
      aria-label=${t("Remove filter {name}", { name: filterName(name, value) })}>${filterName(name, value)}<${Icon} name="x" /></button>`)}
    <button type="button" class="chip" data-testid="add-filter" onClick=${(event) => pickFilter(event.currentTarget)}><${Icon} name="plus" />${t("Filter")}</button></div>`;
}

/** Drag or arrow keys change the list's width, which this browser remembers. */
function Splitter() {
  const set = (width) => setPref("listWidth", Math.max(260, Math.min(420, Math.round(width))));
  const rtl = () => (document.dir === "rtl" ? -1 : 1);
  const onPointerDown = (event) => {
    const [start, from] = [event.clientX, prefs.peek().listWidth];
    const bar = event.currentTarget;
    bar.setPointerCapture(event.pointerId);
    bar.onpointermove = (move) => set(from + (move.clientX - start) * rtl());
    bar.onpointerup = () => { bar.onpointermove = null; };
  };
  const onKeyDown = (event) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (step) { event.preventDefault(); set(prefs.peek().listWidth + step * rtl()); }
  };
  return html`<div class="splitter" role="separator" tabindex="0" aria-orientation="vertical" aria-label=${t("Width of the list")}
    aria-valuemin="260" aria-valuemax="420" aria-valuenow=${prefs.value.listWidth} onPointerDown=${onPointerDown} onKeyDown=${onKeyDown} onDblClick=${() => set(336)}></div>`;
}

/** isMain: nothing else is on the page, as on a phone with no conversation open. */
export function ListPane({ isMain }) {
  const { state, problem, fresh, shown } = list.value;
  const { view, filters } = route.value;
  const count = views.value.find((one) => one.key === view)?.count;
  const hover = (value) => (event) => event.pointerType === "mouse" && setHold("hover", value);
  const showNew = () => { document.querySelector(".rows").scrollTop = 0; release(); };
  return html`<section class="list" data-pane="list" role=${isMain ? "main" : null} aria-label=${t("Conversations")} id="conversations">
    <header><h1><span class="wide-only">${(VIEWS[view] || VIEWS.all).label()}</span><button type="button" class="view-switch" onClick=${(event) => pickView(event.currentTarget)} title=${tip(t("Views"), "view-mine")}>${(VIEWS[view] || VIEWS.all).label()}<${Icon} name="chevron-down" /></button></h1>
      <span class="num">${count === undefined || Object.keys(filters).length ? "" : count.toLocaleString()}</span></header>
    <${Chips} />
    <div class="rows-box" onPointerEnter=${hover(true)} onPointerLeave=${hover(false)}>
      ${fresh > 0 && html`<button type="button" class="newer" data-testid="new-chip" onClick=${showNew}>${tn("{n} new", "{n} new", fresh)}</button>`}
      ${state === "error" ? html`<${Failed} problem=${problem} />` : state === "ready" && !shown.length ? html`<${Empty} view=${view} filters=${filters} />`
        : state === "loading" ? html`<div class="rows" data-testid="list" aria-busy="true">${[0, 1, 2, 3, 4, 5, 6, 7].map((i) => html`<${Bones} key=${i} />`)}</div>` : html`<${Rows} />`}
    </div><${Splitter} /></section>`;
}

