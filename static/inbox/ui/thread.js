// The middle pane: who and what stands open, its actions, its rows, the composer, and files dropped on it.
import { Avatar, Icon, html, t, useEffect, useState } from "../base.js";
import { PRIORITIES, assignToMe, closeOrReopen, wake } from "../actions.js";
import { hooks, keysOf, tip } from "../commands.js";
import { go } from "../route.js";
import { customer, isMine, member, session, team, thread, timeline } from "../store.js";
import { localTime, soon } from "../text.js";
import { markUnread, prepare, shown } from "../timelines.js";
import { Composer, takeFiles } from "./composer.js";
import { openPicker, pickAssignee, pickLabels, pickPriority, pickSnooze } from "./pickers.js";
import { Loading, Timeline } from "./timeline.js";

function moreMenu(id, anchor, onSide) {
  const row = thread(id).peek();
  const options = () => [
    ...(isMine(row.assignee_id) ? [] : [{ id: "me", label: t("Assign to me"), icon: "user", keys: keysOf("assign-me"), run: () => assignToMe(id) }]),
    { id: "assign", label: t("Assign…"), icon: "user-plus", keys: keysOf("assign"), run: () => pickAssignee(id) },
    { id: "snooze", label: row.status === "snoozed" ? t("Wake up") : t("Snooze…"), icon: "clock", keys: keysOf("snooze"), run: () => (row.status === "snoozed" ? wake(id) : pickSnooze(id)) },
    { id: "labels", label: t("Labels…"), icon: "tag", keys: keysOf("labels"), run: () => pickLabels(id) },
    { id: "priority", label: t("Priority…"), icon: "flag", keys: keysOf("priority"), run: () => pickPriority(id) },
    { id: "unread", label: t("Mark unread"), icon: "mail", keys: keysOf("unread"), run: () => markUnread(id) },
    { id: "side", label: t("Customer"), icon: "contact", keys: keysOf("side"), run: onSide },
  ];
  openPicker(anchor, { label: t("More"), options, search: false });
}

function Head({ id, onSide, isSideOpen, isNarrow }) {
  const row = thread(id).value;
  const person = customer(row.customer.id).value;
  const owner = member(row.assignee_id);
  const group = team(row.team_id);
  const isClosed = row.status === "closed";
  const isSnoozed = row.status === "snoozed";
  const place = person?.timezone && localTime(person.timezone);
  const icon = (name, glyph, command, run, extra = {}) => html`<button type="button" class="iconbtn" aria-label=${name} title=${tip(name, command)} onClick=${run} ...${extra}><${Icon} name=${glyph} /></button>`;
  return html`<header class="thread-head">
    <button type="button" class="iconbtn back" aria-label=${t("Back to the list")} onClick=${() => go({ thread: null })}><${Icon} name="chevron-left" /></button>
    <${Avatar} name=${row.customer.name} id=${row.customer.id} channel=${row.channel?.kind} />
    <div class="thread-who"><h2 dir="auto" aria-level=${isNarrow ? 1 : null}>${row.customer.name || t("Unknown")}</h2><div class="sub">
      <button type="button" class="owner" data-testid="assign" title=${tip(t("Assign"), "assign")} onClick=${() => pickAssignee(id)}>${[group?.name, owner ? (isMine(owner.id) ? t("You") : owner.name) : null].filter(Boolean).join(" · ") || t("Unassigned")}</button>
      ${row.priority !== "none" && html`<span class=${`tag ${{ urgent: "hot", high: "warm" }[row.priority] || ""}`}>${PRIORITIES[row.priority]?.()}</span>`}
      ${isSnoozed && html`<span class="tag cool"><${Icon} name="clock" />${row.snoozed_until ? soon(row.snoozed_until) : t("until they answer")}</span>`}${place && html`<span class="place-time">${place}</span>`}</div></div>
    <div class="end">${icon(isSnoozed ? t("Wake up") : t("Snooze"), isSnoozed ? "alarm-clock" : "clock", "snooze", () => (isSnoozed ? wake(id) : pickSnooze(id)), { "data-testid": "snooze", class: "iconbtn roomy" })}
      ${icon(t("Customer panel"), "contact", "side", onSide, { "aria-expanded": isSideOpen, class: "iconbtn roomy" })}
      ${icon(t("More"), "ellipsis", "", (event) => moreMenu(id, event.currentTarget, onSide), { "data-testid": "more" })}
      <button type="button" class=${`btn ${isClosed ? "" : "primary"}`} data-testid="close" title=${tip(isClosed ? t("Reopen") : t("Close"), "close")} onClick=${() => closeOrReopen(id)}>${isClosed ? t("Reopen") : t("Close")}<kbd>E</kbd></button></div></header>`;
}

/** Files dropped anywhere on the conversation. */
function useDrop(id) {
  const [over, setOver] = useState(0);
  const hasFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const on = {
    onDragEnter: (event) => { if (hasFiles(event)) { event.preventDefault(); setOver((n) => n + 1); } },
    onDragOver: (event) => { if (hasFiles(event)) event.preventDefault(); },
    onDragLeave: (event) => hasFiles(event) && setOver((n) => Math.max(0, n - 1)),
    onDrop: (event) => { if (hasFiles(event)) { event.preventDefault(); setOver(0); takeFiles(id, event.dataTransfer.files); } },
  };
  return [over > 0, on];
}

function Nothing() {
  return html`<div class="empty tall" data-testid="thread-empty"><${Icon} name="message-circle" /><p>${t("Choose a conversation, or press J to go through them.")}</p>
    ${session.value.phone_url && html`<a class="btn" href=${session.value.phone_url} target="_blank" rel="noopener">${t("Open the demo phone")}</a>`}</div>`;
}

const Missing = ({ id }) => html`<div class="empty tall" role="alert" data-testid="thread-missing"><${Icon} name="triangle-alert" /><p>${t("This conversation could not be opened. It may be gone, or not yours to see.")}</p>
  <button type="button" class="btn" onClick=${() => prepare(id)}>${t("Try again")}</button><button type="button" class="btn" onClick=${() => go({ thread: null })}>${t("Back to the list")}</button></div>`;

/** onSide: show or hide the customer panel. */
export function ThreadPane({ onSide, isSideOpen, isNarrow }) {
  const { id, placed, visit } = shown.value;
  const row = id && thread(id).value;
  const [isOver, drop] = useDrop(id);
  hooks.side = onSide;
  useEffect(() => { document.title = row ? `${row.customer.name || t("Unknown")} · Parley` : t("Inbox · Parley"); }, [row?.customer.name]);
  if (!id) return html`<main class="thread" id="thread" tabindex="-1"><${Nothing} /></main>`;
  const line = timeline(id).value;
  if (!row) return html`<main class="thread" id="thread" tabindex="-1">${line?.state === "error" ? html`<${Missing} id=${id} />` : html`<div class="thread-head bones"></div><${Loading} />`}</main>`;
  const isReady = (placed && line) || line?.state === "error";
  return html`<main class="thread" id="thread" tabindex="-1" data-thread=${id} aria-label=${t("Conversation with {name}", { name: row.customer.name })} ...${drop}>
    <${Head} id=${id} onSide=${onSide} isSideOpen=${isSideOpen} isNarrow=${isNarrow} />
    ${isReady ? html`<${Timeline} key=${visit} id=${id} />` : html`<${Loading} />`}
    <footer class="thread-foot"><${Composer} id=${id} /></footer>
    ${isOver && html`<div class="drop-hint"><${Icon} name="upload" /><p>${t("Drop to attach")}</p></div>`}</main>`;
}

