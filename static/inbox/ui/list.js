// The list of conversations: a window of rows of one height over a list of any length.
import {
  Avatar, Icon, figure, go, href, html, route, t, tn, useEffect, useLayoutEffect, useRef, useState,
} from "../base.js";
import { hooks, tip } from "../commands.js";
import { draftText } from "../drafts.js";
import { windowOf } from "../places.js";
import { VIEWS, complete, ensure, list, release, reload, setHold, total } from "../lists.js";
import { colleague, presenceWords } from "../presence.js";
import { Tools, choose, chooseTo, isChosen } from "../selection.js";
import { directory, member, session, team, thread, unreadOf, views } from "../store.js";
import { dueOf, inOneLine, shortTime, soon, span, whoIs } from "../text.js";
import { warm } from "../timelines.js";
import { Splitter } from "./splitter.js";
import { Chips, pickView } from "./filters.js";

const ROW = 72; // px, as in list.css
const OVERSCAN = 6;
const WARM_MS = 80;

// ---------------------------------------------------------------- one row

/** Who spoke last, when it was us or somebody in a group: "You:", "Ben:". */
function speaker({ direction, author }) {
  if (!author) return "";
  const isPerson = direction === "inbound" || directory.value.members.some((one) => one.name === author);
  if (direction === "outbound" && author === session.value.me.name) return t("You:");
  return `${isPerson ? author.split(" ")[0] : author}:`;
}

function Snippet({ row }) {
  const draft = draftText(row);
  if (draft) return html`<span class="snip" dir="auto"><span class="draft">${t("Draft:")}</span> ${draft}</span>`;
  const last = row.last_message;
  if (!last) return html`<span class="snip">${t("No messages yet")}</span>`;
  const [icon, words] = inOneLine(last);
  const who = speaker(last);
  const isBad = ["failed", "uncertain"].includes(last.status);
  return html`<span class="snip" dir="auto">
    ${isBad && html`<span class="bad"><${Icon} name="circle-alert" label=${t("Not sent")} /></span>`}
    ${who && html`<b>${who} </b>`}${icon && html`<${Icon} name=${icon} />`}${words}</span>`;
}

/** The one thing most worth knowing about a row: [words, look]. */
function tagOf(row, view) {
  if (colleague(row.id)?.[1]) return [presenceWords(row.id), "cool"];
  const { isSoon, left } = windowOf(row);
  const due = row.status === "open" && dueOf(row);
  if (due?.look) return [due.words, due.look];
  if (row.priority === "urgent") return [t("Urgent"), "hot"];
  if (row.status === "closed" && view !== "closed") return [t("Closed"), ""];
  if (row.status === "snoozed") return [row.snoozed_until ? soon(row.snoozed_until) : t("Snoozed"), ""];
  if (isSoon && row.status === "open") return [t("{time} left", { time: span(left) }), "warm"];
  if (row.priority === "high") return [t("High"), "warm"];
  if (due) return [due.words, ""];
  return row.labels.length ? [row.labels[0], ""] : null;
}

function Flags({ row, unread, view }) {
  const owner = member(row.assignee_id);
  const isOthers = owner && owner.id !== session.value.me.id;
  const tag = tagOf(row, view);
  const watched = presenceWords(row.id);
  if (!tag && !unread && !isOthers && !watched) return null;
  return html`<span class="flags">${watched && html`<span class="watched" title=${watched} data-testid="watched">
      <${Icon} name="eye" label=${watched} /></span>`}${tag && html`<span class=${`tag ${tag[1]}`}>${tag[0]}</span>`}
    ${isOthers && html`<span class="owner-disc" title=${t("Assigned to {name}", { name: owner.name })}>
      <${Avatar} name=${owner.name} colour=${owner.avatar} size="xs" /></span>`}
    ${unread > 0 && html`<span class="badge">${Math.min(unread, 99)}${unread > 99 && "+"}
      <span class="vh"> ${t("unread")}</span></span>`}</span>`;
}

/** What only screen readers need to hear of a row, beside what stands in it. */
function hiddenWords(row) {
  const owner = member(row.assignee_id)?.name || team(row.team_id)?.name;
  const state = { open: "", snoozed: t("Snoozed"), closed: t("Closed") }[row.status];
  const whose = owner ? t("Assigned to {name}", { name: owner }) : t("Unassigned");
  return [isChosen(row.id) && t("Chosen"), row.channel?.name, state, whose].filter(Boolean).join(", ");
}

const Bones = () => html`<span class="row bones" aria-hidden="true">
  <span class="bone disc"></span><span class="bone wide"></span><span class="bone"></span></span>`;

/** A place in the list. count: how many there are, for screen readers. */
const Slot = ({ index, count, children }) => html`<li class="row-slot" aria-posinset=${count ? index + 1 : null}
  aria-setsize=${count} style=${{ transform: `translateY(${index * ROW}px)` }}>${children}</li>`;

/** Load a conversation when the pointer or the focus rests on its row. */
function useWarmth(id) {
  const timer = useRef(0);
  const cool = () => clearTimeout(timer.current);
  const rest = () => { cool(); timer.current = setTimeout(() => warm(id), WARM_MS); };
  useEffect(() => cool, []);
  return { onPointerEnter: rest, onPointerLeave: cool, onFocus: rest, onBlur: cool };
}

function Row({ id, index, count, isOpen, isStop, view }) {
  const row = thread(id).value;
  const warmth = useWarmth(id);
  useEffect(() => { if (row?.partial) complete(id); }, [row?.partial]);
  if (!row) return html`<${Slot} index=${index}><${Bones} /><//>`;
  const unread = unreadOf(row);
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.button) return;
    event.preventDefault();
    if (event.shiftKey) chooseTo(id);
    else if (event.target.closest(".avatar[title]")) choose(id);
    else go({ thread: id });
  };
  const calm = (event) => { if (event.shiftKey) event.preventDefault(); }; // Shift-click chooses rows, not words
  const name = whoIs(row.customer);
  const chosen = isChosen(id);
  const look = `row ${unread ? "unread" : ""} ${chosen ? "chosen" : ""} ${row.status}`;
  const face = chosen ? html`<span class="avatar" title=${t("Chosen")} aria-hidden="true"><${Icon} name="check" /></span>`
    : html`<${Avatar} name=${name} id=${row.customer.id} channel=${row.channel?.kind} title=${tip(t("Choose"), "choose")} />`;
  return html`<${Slot} index=${index} count=${count}><a class=${look} href=${href({ thread: id, message: null })}
      data-id=${id} data-testid=${`thread-row-${id}`} aria-current=${isOpen ? "true" : null} tabindex=${isStop ? 0 : -1}
      onClick=${open} onMouseDown=${calm} ...${warmth}>${face}
      <span class="row-line"><span class="who"><bdi>${name}</bdi></span>
        <time>${row.last_message ? shortTime(row.last_message.at) : ""}</time></span>
      <span class="row-line"><${Snippet} row=${row} /><${Flags} row=${row} unread=${unread} view=${view} /></span>
      <span class="vh">, ${hiddenWords(row)}</span></a><//>`;
}

// ---------------------------------------------------------------- the window

/** [from, to] of the rows in sight with some to spare, and the scroll handler that keeps it. Those to spare come
    after the first frame. */
function useWindow(ref, count) {
  const [range, setRange] = useState(() => [0, Math.min(count, Math.ceil(innerHeight / ROW))]);
  const measure = () => {
    const box = ref.current;
    if (!box) return;
    const from = Math.max(0, Math.floor(box.scrollTop / ROW) - OVERSCAN);
    const to = Math.min(count, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + OVERSCAN);
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

/** Move the focus in the list by rows, and tell where to; a row outside the window is scrolled in first. */
function moveFocus(box, ids, step) {
  const from = ids.indexOf(here());
  const to = Math.max(0, Math.min(ids.length - 1, from < 0 ? 0 : from + step));
  if (!ids[to]) return null;
  const top = to * ROW;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
  const focus = () => box.querySelector(`[data-id="${ids[to]}"]`)?.focus({ preventScroll: true });
  requestAnimationFrame(() => requestAnimationFrame(focus));
  return ids[to];
}

function Rows() {
  const ref = useRef(null);
  const { shown, state, key } = list.value;
  const { view, thread: open } = route.value;
  const count = total();
  const [[from, to], measure] = useWindow(ref, count);
  const [stop, setStop] = useState(null); // the row that Tab reaches
  const [held, setHeld] = useState(null); // the row with the focus stays drawn wherever it is scrolled to
  const was = useRef(key);
  useLayoutEffect(() => { // another list begins at its top; the first one stands there, and asking would cost a layout
    if (was.current !== key) ref.current.scrollTop = 0;
    was.current = key;
  }, [key]);
  useEffect(() => ensure(to), [to, shown.length, state]);
  hooks.moveList = (step) => moveFocus(ref.current, shown, step);
  hooks.choose = () => here() && choose(here());
  hooks.extend = (step) => {
    if (here() && !isChosen(here())) choose(here());
    chooseTo(moveFocus(ref.current, shown, step));
  };
  const tab = [stop, open].find((id) => shown.includes(id)) || shown[from] || shown[0];
  const row = (id, index) => html`<${Row} key=${id} id=${id} index=${index} count=${count} view=${view}
    isOpen=${id === open} isStop=${id === tab} />`;
  const rows = shown.slice(from, to).map((id, i) => row(id, from + i));
  const away = shown.indexOf(held);
  if (away >= 0 && (away < from || away >= to)) rows.push(row(held, away));
  const missing = (i) => html`<${Slot} key=${i} index=${i}><${Bones} /><//>`;
  for (let i = Math.max(from, shown.length); i < to; i += 1) rows.push(missing(i));
  const onFocusIn = ({ target }) => { setHeld(target.dataset.id); if (target.dataset.id) setStop(target.dataset.id); };
  return html`<div class="rows" ref=${ref} data-testid="list" onScroll=${measure} onFocusIn=${onFocusIn}
    onFocusOut=${() => setHeld(null)}><ul class="sizer" style=${{ height: `${count * ROW}px` }}>${rows}</ul></div>`;
}

// ---------------------------------------------------------------- nothing, failed, the pane

const EMPTY = {
  mine: () => t("Nothing is assigned to you."), unassigned: () => t("Every conversation has an owner."),
  unread: () => t("Everything is read."), waiting: () => t("Nobody is waiting for an answer."),
  mentions: () => t("Nobody mentioned you."), snoozed: () => t("Nothing is snoozed."),
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

/** isMain: nothing else is on the page, as on a phone with no conversation open. */
export function ListPane({ isMain }) {
  const { state, problem, fresh, shown } = list.value;
  const { view, filters } = route.value;
  const name = (VIEWS[view] || VIEWS.all).label();
  const count = Object.keys(filters).length ? null : views.value.find((one) => one.key === view)?.count;
  const hover = (value) => (event) => event.pointerType === "mouse" && setHold("hover", value);
  const showNew = () => { document.querySelector(".rows").scrollTop = 0; release(); };
  const body = {
    error: () => html`<${Failed} problem=${problem} />`,
    loading: () => html`<div class="rows" data-testid="list" aria-busy="true">${[1, 2, 3, 4, 5].map(Bones)}</div>`,
    ready: () => (shown.length ? html`<${Rows} />` : html`<${Empty} view=${view} filters=${filters} />`),
  }[state];
  return html`<section class="list" data-pane="list" id="conversations" role=${isMain ? "main" : null}
    aria-label=${t("Conversations")}><header><h1><span class="wide-only">${name}</span>
      <button type="button" class="view-switch" title=${tip(t("Views"), "view-mine")}
        onClick=${(event) => pickView(event.currentTarget)}>${name}<${Icon} name="chevron-down" /></button></h1>
      <span class="num">${figure(count)}</span></header><${Tools} most=${count}><${Chips} /><//>
    <div class="rows-box" onPointerEnter=${hover(true)} onPointerLeave=${hover(false)}>
      ${fresh > 0 && html`<button type="button" class="newer" data-testid="new-chip" onClick=${showNew}>
        ${tn("{n} new", "{n} new", fresh)}</button>`}${body()}</div><${Splitter} /></section>`;
}
