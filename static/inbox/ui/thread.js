// The middle pane: who and what stands open, its actions, its rows, the composer, and files dropped on it.
import { Avatar, Icon, go, html, pageTitle, signal, t, useEffect, useState } from "../base.js";
import { PRIORITIES, closeOrReopen, wake } from "../actions.js";
import { hooks, keysOf, tip } from "../commands.js";
import { customer, isMine, member, team, thread, timeline } from "../store.js";
import { dueOf, localTime, soon, whoIs } from "../text.js";
import { presenceWords } from "../presence.js";
import { prepare, shown } from "../timelines.js";
import { Composer, takeFiles } from "./composer.js";
import { lazily, picker } from "./layers.js";
import { Timeline } from "./timeline.js";

const [pickAssignee, pickSnooze] = ["pickAssignee", "pickSnooze"].map(picker);
const isSnoozed = (id) => thread(id).value.status === "snoozed";
export const snoozeOrWake = (id) => (isSnoozed(id) ? wake(id) : pickSnooze(id));

const openMore = lazily(() => import("./menus.js"))("openMore");

function Button({ name, icon, command, run, ...more }) {
  return html`<button type="button" class="iconbtn" aria-label=${name} title=${command ? tip(name, command) : name}
    onClick=${run} ...${more}><${Icon} name=${icon} /></button>`;
}

const nameOf = (one) => (isMine(one.id) ? t("You") : one.name);

/** Owner, priority, who watches, snooze and the customer's local time in one small line. */
function Sub({ id }) {
  const row = thread(id).value;
  const owner = member(row.assignee_id);
  const owners = [team(row.team_id)?.name, owner && nameOf(owner)].filter(Boolean);
  const zone = customer(row.customer.id).value?.timezone;
  const look = { urgent: "hot", high: "warm" }[row.priority] || "";
  const [watched, due] = [presenceWords(id), dueOf(row)];
  const watchers = row.watcher_ids.map(member).filter((one) => one?.is_active).map(nameOf).join(", ");
  const until = row.snoozed_until ? soon(row.snoozed_until) : t("until they answer");
  return html`<div class="sub"><button type="button" class="owner" data-testid="assign"
      title=${tip(t("Assign"), "assign")} onClick=${() => pickAssignee(id)}>
      ${owners.join(" · ") || t("Unassigned")}</button>
    ${row.priority !== "none" && html`<span class=${`tag ${look}`}>${PRIORITIES[row.priority]?.()}</span>`}
    ${due && html`<span class=${`tag ${due.look}`} data-testid="due"><${Icon} name="hourglass" />
      <span class="vh">${t("Answer due:")} </span>${due.words}</span>`}
    ${isSnoozed(id) && html`<span class="tag cool"><${Icon} name="clock" />${until}</span>`}
    ${watched && html`<span class="tag cool" data-testid="presence" title=${watched}><${Icon} name="eye" /><span class="fits">${watched}</span></span>`}
    ${watchers && html`<span class="tag" data-testid="watchers" title=${t("Watching: {names}", { names: watchers })}>
      <${Icon} name="binoculars" /><span class="vh">${t("Watching:")} </span><span class="fits">${watchers}</span></span>`}
    ${zone && html`<span class="place-time">${localTime(zone)}</span>`}</div>`;
}

function Head({ id, onSide, isSideOpen, isNarrow }) {
  const row = thread(id).value;
  const { id: person } = row.customer;
  const name = whoIs(row.customer);
  const isClosed = row.status === "closed";
  const [snoozeName, snoozeIcon] = isSnoozed(id) ? [t("Wake up"), "alarm-clock"] : [t("Snooze"), "clock"];
  const [closeName, closeKeys] = [isClosed ? t("Reopen") : t("Close"), keysOf("close")];
  return html`<header class="thread-head">
    <${Button} name=${t("Back to the list")} icon="chevron-left" class="iconbtn back"
      run=${() => go({ thread: null })} />
    <${Avatar} name=${name} id=${person} channel=${row.channel?.kind} />
    <div class="thread-who"><h2 dir="auto" aria-level=${isNarrow ? 1 : null}>${name}</h2><${Sub} id=${id} /></div>
    <div class="end">
      <${Button} name=${t("Watch")} icon="binoculars" command="watch" run=${() => hooks.watch(id)} class="iconbtn roomy"
        aria-pressed=${row.watcher_ids.some(isMine)} data-testid="watch" />
      <${Button} name=${snoozeName} icon=${snoozeIcon} command="snooze" run=${() => snoozeOrWake(id)}
        class="iconbtn roomy" data-testid="snooze" />
      <${Button} name=${t("Customer panel")} icon="contact" command="side" run=${onSide} class="iconbtn roomy"
        aria-expanded=${isSideOpen} />
      <${Button} name=${t("More")} icon="ellipsis" data-testid="more"
        run=${(event) => openMore(id, event.currentTarget, onSide)} />
      <button type="button" class=${`btn ${isClosed ? "" : "primary"}`} data-testid="close"
        title=${tip(closeName, "close")} onClick=${() => closeOrReopen(id)}>
        ${closeName}${closeKeys && html`<kbd>${closeKeys}</kbd>`}</button></div></header>`;
}

// ---------------------------------------------------------------- the pane

/** [is a file held over the pane, the handlers that find out]. */
function useDrop(id) {
  const [over, setOver] = useState(0);
  const ifFiles = (run) => (event) => {
    if (![...(event.dataTransfer?.types || [])].includes("Files")) return;
    event.preventDefault();
    run(event);
  };
  return [over > 0, {
    onDragEnter: ifFiles(() => setOver((n) => n + 1)), onDragOver: ifFiles(() => {}),
    onDragLeave: ifFiles(() => setOver((n) => Math.max(0, n - 1))),
    onDrop: ifFiles((event) => { setOver(0); takeFiles(id, event.dataTransfer.files); }),
  }];
}

function Failed({ id, words }) {
  return html`<div class="empty tall" role="alert" data-testid="timeline-error"><${Icon} name="triangle-alert" />
    <p>${words}</p><button type="button" class="btn" onClick=${() => prepare(id)}>${t("Try again")}</button></div>`;
}

const bone = (side, i) => html`<div key=${i} class=${`msg ${side} first bare-bones`}>
  <div class="bubble bones"><span class="bone wide"></span><span class="bone"></span></div></div>`;
const Loading = () => html`<div class="msgs-box"><div class="msgs" aria-busy="true" data-testid="timeline-loading">
  ${["in", "out", "in", "in", "out"].map(bone)}</div></div>`;

function Rows() {
  const { id, placed, visit } = shown.value;
  const { state } = timeline(id).value || {};
  if (state === "error") return html`<${Failed} id=${id} words=${t("The messages could not be loaded.")} />`;
  return placed && state === "ready" ? html`<${Timeline} key=${visit} id=${id} />` : html`<${Loading} />`;
}

/** onSide: show or hide the customer panel. */
export function ThreadPane({ onSide, isSideOpen, isNarrow }) {
  const { id } = shown.value;
  const row = id && thread(id).value;
  const name = row && whoIs(row.customer);
  const [isOver, drop] = useDrop(id);
  hooks.side = onSide;
  useEffect(() => () => { pageTitle.value = t("Inbox · Parley"); }, []);
  useEffect(() => { pageTitle.value = row ? `${name} · Parley` : t("Inbox · Parley"); }, [name]);
  if (!row) {
    const isGone = timeline(id).value?.state === "error";
    const words = t("This conversation could not be opened. It may be gone, or not yours to see.");
    return html`<main class="thread" id="thread" tabindex="-1">
      ${isGone ? html`<${Failed} id=${id} words=${words} />` : html`<${Loading} />`}</main>`;
  }
  return html`<main class="thread" id="thread" tabindex="-1" data-thread=${id} ...${drop}
    aria-label=${t("Conversation with {name}", { name })}>
    <${Head} id=${id} onSide=${onSide} isSideOpen=${isSideOpen} isNarrow=${isNarrow} /><${Rows} />
    <footer class="thread-foot"><${Composer} id=${id} /></footer>
    ${isOver && html`<div class="drop-hint"><${Icon} name="upload" /><p>${t("Drop to attach")}</p></div>`}</main>`;
}

// ---------------------------------------------------------------- the customer's panel

// Its module, loaded when first shown.
const panel = signal(null);
const load = () => import("./customer.js").then((module) => { panel.value = module; }, () => setTimeout(load, 3000));

/** The customer beside the conversation, or over it as a drawer (then with onClose). */
export function SidePane({ id, onClose }) {
  useEffect(() => { if (!panel.peek()) load(); }, []);
  const side = panel.value ? html`<${panel.value.CustomerPanel} id=${id} onClose=${onClose} />`
    : html`<aside class="side" aria-busy="true" aria-label=${t("Customer")}></aside>`;
  if (!onClose) return side;
  const onClick = (event) => event.target === event.currentTarget && onClose();
  const onKeyDown = (event) => event.key === "Escape" && onClose();
  return html`<div class="drawer" onClick=${onClick} onKeyDown=${onKeyDown}>${side}</div>`;
}
