// A row of the list: who, their last words, what is most worth knowing about the conversation; and which rows are chosen,
// to be changed together: some by hand, or all that match.
import { Avatar, Icon, computed, effect, figure, href, html, prefs, route, signal, t, useEffect } from "../base.js";
import { tip } from "../commands.js";
import { draftText } from "../drafts.js";
import { complete, list } from "../lists.js";
import { windowOf } from "../places.js";
import { colleague, presenceWords } from "../presence.js";
import { directory, member, session, team, thread, unreadOf } from "../store.js";
import { dueOf, inOneLine, shortTime, soon, span, whoIs } from "../text.js";

// ---------------------------------------------------------------- chosen

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

// ---------------------------------------------------------------- a row

// px, as --row-line and --row-pad in tokens.css
const [LINES, PADS] = [{ small: 18, large: 23 }, { compact: 14 }];
/** How high every row is, in px: two lines and the room around them, by what one has chosen. */
export const rowSize = computed(() => 2 * (LINES[prefs.value.size] || 20) + 2 + (PADS[prefs.value.density] || 30));

/** Who spoke last, when it was us or somebody in a group: "You:", "Ben:". */
function speaker({ direction, author }) {
  if (!author) return "";
  const isPerson = direction === "inbound" || directory.value.members.some((one) => one.name === author);
  if (direction === "outbound" && author === session.value.me.name) return t("You:");
  return `${isPerson ? author.split(" ")[0] : author}:`;
}

// Its parts are plain functions, not components: of these a row would have eight, and a list is scrolled.
function snippet(row) {
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

function flags(row, unread, view) {
  const owner = member(row.assignee_id);
  const isOthers = owner && owner.id !== session.value.me.id;
  const tag = tagOf(row, view);
  const watched = presenceWords(row.id);
  if (!tag && !unread && !isOthers && !watched) return null;
  return html`<span class="flags">${watched && html`<span class="watched" title=${watched} data-testid="watched">
      <${Icon} name="eye" label=${watched} /></span>`}${tag && html`<span class=${`tag ${tag[1]}`}>${tag[0]}</span>`}
    ${isOthers && html`<span class="owner-disc" title=${t("Assigned to {name}", { name: owner.name })}>
      <${Avatar} name=${owner.name} colour=${owner.avatar} size="xs" /></span>`}
    ${unread > 0 && html`<span class="badge">${figure(Math.min(unread, 99))}${unread > 99 && "+"}
      <span class="vh"> ${t("unread")}</span></span>`}</span>`;
}

/** What only screen readers need to hear of a row, beside what stands in it. */
function hiddenWords(row) {
  const owner = member(row.assignee_id)?.name || team(row.team_id)?.name;
  const state = { open: "", snoozed: t("Snoozed"), closed: t("Closed") }[row.status];
  const whose = owner ? t("Assigned to {name}", { name: owner }) : t("Unassigned");
  return [isChosen(row.id) && t("Chosen"), row.channel?.name, state, whose].filter(Boolean).join(", ");
}

export const bones = () => html`<span class="row bones" aria-hidden="true">
  <span class="bone disc"></span><span class="bone wide"></span><span class="bone"></span></span>`;

/** A place in the list. count: how many there are, for screen readers. */
export const slot = ({ key, index, count }, inside) => html`<li key=${key} class="row-slot" aria-posinset=${count ? index + 1 : null}
  aria-setsize=${count} style=${{ transform: `translateY(${index * rowSize.value}px)` }}>${inside}</li>`;

/** Drawn again when it changes, not for each step of a scroll: what reads signals is left alone while its props stay the
    same. list: its place is in the row's address. */
export function Row({ id, index, count, isOpen, isStop, view }) {
  const row = thread(id).value;
  useEffect(() => { if (row?.partial) complete(id); }, [row?.partial]);
  if (!row) return slot({ index }, bones());
  const unread = unreadOf(row);
  const name = whoIs(row.customer);
  const chosen = isChosen(id);
  const look = `row ${unread ? "unread" : ""} ${chosen ? "chosen" : ""} ${row.status}`;
  const face = chosen ? html`<span class="avatar" title=${t("Chosen")} aria-hidden="true"><${Icon} name="check" /></span>`
    : Avatar({ name, id: row.customer.id, channel: row.channel?.kind, title: tip(t("Choose"), "choose") });
  return slot({ index, count }, html`<a class=${look} href=${href({ thread: id, message: null })} data-id=${id}
      data-testid=${`thread-row-${id}`} aria-current=${isOpen ? "true" : null} tabindex=${isStop ? 0 : -1}>${face}
      <span class="row-line"><span class="who" dir="auto">${name}</span>
        <time>${row.last_message ? shortTime(row.last_message.at) : ""}</time></span>
      <span class="row-line">${snippet(row)}${flags(row, unread, view)}</span>
      <span class="vh">, ${hiddenWords(row)}</span></a>`);
}
