// The rows of the open conversation: days, runs, notes, small facts; and where the reader stands in them.
import { Component, Icon, announce, createRef, effect, html, signal, t, tn } from "../base.js";
import { hooks } from "../commands.js";
import { outbox } from "../outbox.js";
import { findMessage, isMine, onArrival, session, thread, timeline } from "../store.js";
import { dayKey, dayName, inOneLine } from "../text.js";
import { divider, isAttentive, jump, latest, markRead, newer, older, prepare } from "../timelines.js";
import { Facts, Message, Note, fromOutbox, openMenu, openReactions } from "./message.js";

const RUN_MS = 5 * 60_000;

// ---------------------------------------------------------------- grouping

/** Rows by day: [{day, rows: [{kind: message|note|facts|divider, …}]}], pending ones last. */
function byDay(entries, pending, mark) {
  const days = [];
  let last = null;
  const rowsFor = (at) => {
    if (days.at(-1)?.day !== dayKey(at)) { days.push({ day: dayKey(at), at, rows: [] }); last = null; }
    return days.at(-1).rows;
  };
  for (const entry of entries) {
    const rows = rowsFor(entry.at);
    if (entry.id === mark?.entry) { rows.push({ kind: "divider", key: "divider", count: mark.count }); last = null; }
    if (entry.type === "event") {
      if (rows.at(-1)?.kind === "facts") rows.at(-1).events.push(entry.event);
      else rows.push({ kind: "facts", key: entry.id, events: [entry.event] });
      last = null;
    } else if (entry.type === "note") { rows.push({ kind: "note", key: entry.note.client_ref || entry.id, note: entry.note }); last = null; }
    else last = addBubble(rows, entry.message, last);
  }
  for (const item of pending) {
    const rows = rowsFor(item.at);
    if (item.mode === "note") { rows.push({ kind: "note", key: item.ref, note: { id: item.ref, text: item.body.text, at: item.at, client_ref: item.ref }, item }); last = null; }
    else last = addBubble(rows, drawn(item), last, item);
  }
  return days;
}

function addBubble(rows, message, last, item) {
  const who = message.direction === "inbound" ? "customer" : message.author?.id || "us";
  const isRun = last && last.who === who && Date.parse(message.at) - last.at < RUN_MS;
  rows.push({ kind: "message", key: message.client_ref || message.id, message, item, isFirst: !isRun });
  return { who, at: Date.parse(message.at) };
}

const drawings = new WeakMap();
/** The message an outbox item stands for, the same object while the item is the same. */
function drawn(item) {
  if (!drawings.has(item)) drawings.set(item, fromOutbox({ ...item, show: { ...item.show, author: { kind: "member", id: session.peek().me.id, name: session.peek().me.name } } }));
  return drawings.get(item);
}

/** Which button of which message was pressed: message id → the answer's words and time. */
function pressedIn(entries) {
  const out = new Map();
  for (const { message } of entries) if (message?.reply_to?.id && ["button_reply", "list_reply"].includes(message.kind)) out.set(message.reply_to.id, { title: message.content.title, text: message.text, at: message.at });
  return out;
}

/** How many new rows wait below the reader. */
const below = signal(0);
const NEAR_END = 32;

/** One conversation's rows; a new one is mounted for each visit (key), so nothing leaks between them. */
export class Timeline extends Component {
  box = createRef();
  atEnd = true;
  active = null;
  answers = new Map();

  componentDidMount() {
    below.value = 0;
    this.stand();
    this.watch = new ResizeObserver(() => { if (this.atEnd) this.toEnd(); });
    this.watch.observe(this.box.current);
    this.stops = [onArrival((entry, id) => id === this.props.id && this.onNew(entry)), effect(() => { if (jump.value?.thread === this.props.id) this.land(jump.value); })];
    this.look = () => this.read();
    addEventListener("focus", this.look);
    document.addEventListener("visibilitychange", this.look);
    Object.assign(hooks, { moveMessage: (step) => this.move(step), quote: () => this.withActive((message) => hooks.quoteMessage?.(message)), react: () => this.withActive(openReactions), menu: () => this.withActive(openMenu), play: () => document.activeElement.querySelector(".play, .photo")?.click() });
  }

  componentWillUnmount() {
    this.watch.disconnect();
    this.stops.forEach((stop) => stop());
    removeEventListener("focus", this.look);
    document.removeEventListener("visibilitychange", this.look);
  }

  /** The first place: at the jump's target, at the divider, else at the end. */
  stand() {
    const mark = this.box.current.querySelector(".unreadline");
    if (jump.peek()?.thread === this.props.id && Date.now() - jump.peek().at < 3000) this.land(jump.peek());
    else if (mark) { this.box.current.scrollTop = mark.offsetTop - this.box.current.clientHeight * 0.3; this.settle(); }
    else this.toEnd();
    this.read();
  }

  toEnd() { const box = this.box.current; box.scrollTop = box.scrollHeight; this.settle(); }

  /** Note whether the reader stands at the end. */
  settle() {
    const box = this.box.current;
    if (!box) return;
    this.atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END && !timeline(this.props.id).peek()?.has_after;
    if (this.atEnd && below.peek()) below.value = 0;
  }

  land({ entry }) {
    const row = this.box.current?.querySelector(`[data-entry="${entry}"]`);
    if (!row) { requestAnimationFrame(() => this.box.current?.querySelector(`[data-entry="${entry}"]`) && this.land({ entry })); return; }
    row.scrollIntoView({ block: "center", behavior: "instant" });
    row.classList.remove("flash");
    requestAnimationFrame(() => row.classList.add("flash"));
    this.settle();
  }

  /** Before rows change: remember one that is in sight and where. */
  getSnapshotBeforeUpdate() {
    const box = this.box.current;
    if (!box || this.atEnd) return null;
    const top = box.getBoundingClientRect().top;
    const row = [...box.querySelectorAll("[data-entry]")].find((one) => one.getBoundingClientRect().bottom > top + 1);
    return row && { row, y: row.getBoundingClientRect().top };
  }

  /** After: put it back where it was, or stay at the end. */
  componentDidUpdate(_, __, kept) {
    const box = this.box.current;
    const sent = outbox.peek().filter((item) => item.thread_id === this.props.id).at(-1)?.ref;
    const isOwn = sent && sent !== this.lastSent;
    this.lastSent = sent || this.lastSent;
    const isFar = timeline(this.props.id).peek()?.has_after;
    if (isOwn && isFar) latest(this.props.id).then(() => this.toEnd());
    else if (this.atEnd || isOwn) this.toEnd();
    else if (kept?.row.isConnected) { box.scrollTop += kept.row.getBoundingClientRect().top - kept.y; this.settle(); }
    this.read();
  }

  onNew(entry) {
    const message = entry.message || entry.note;
    if (!message || isMine(message.author?.id)) return;
    if (!this.atEnd && !timeline(this.props.id).peek()?.has_after) below.value += 1;
    const who = entry.note ? t("Note by {who}", { who: entry.note.author.name }) : message.author?.name || thread(this.props.id).peek().customer.name;
    announce(`${who}: ${entry.note ? entry.note.text : inOneLine(message)[1]}`);
  }

  onScroll = () => {
    const box = this.box.current;
    if (!box) return;
    this.settle();
    if (box.scrollTop < 800) older(this.props.id);
    if (box.scrollHeight - box.scrollTop - box.clientHeight < 800) newer(this.props.id);
    this.read();
  };

  /** Tell the server how far was read: the last message in sight while somebody is looking. */
  read() {
    const box = this.box.current;
    if (!box || !isAttentive()) return;
    const edge = box.getBoundingClientRect().bottom - 16;
    const seen = [...box.querySelectorAll("article.in")].findLast((one) => one.getBoundingClientRect().top < edge);
    const number = seen && findMessage(this.props.id, seen.dataset.id)?.number;
    if (number) markRead(this.props.id, number);
  }

  /** Move between messages; 0 goes to the last one. Past the last one the composer takes over. */
  move(step) {
    const rows = [...this.box.current.querySelectorAll("[data-entry]")];
    const here = rows.indexOf(document.activeElement.closest("[data-entry]"));
    const to = step === 0 || here < 0 ? rows.length - 1 : here + step;
    if (to >= rows.length) { hooks.focusComposer?.(); return; }
    rows[Math.max(0, to)]?.focus({ preventScroll: true });
    rows[Math.max(0, to)]?.scrollIntoView({ block: "nearest" });
  }

  withActive(run) {
    const row = document.activeElement.closest("[data-entry]");
    const message = row && findMessage(this.props.id, row.dataset.entry);
    if (message) run(message, row.querySelector(".bubble"));
  }

  /** The same object while nothing was pressed anew, so that bubbles stay still. */
  pressed(entries) {
    for (const [id, answer] of pressedIn(entries)) if (this.answers.get(id)?.at !== answer.at) this.answers.set(id, answer);
    return this.answers;
  }

  names() {
    const customer = thread(this.props.id).value?.customer.name || t("Unknown");
    if (this.kept?.customer !== customer) this.kept = { customer, us: session.peek().tenant.name, find: (id) => findMessage(this.props.id, id) };
    return this.kept;
  }

  draw(row, names, pressed) {
    if (row.kind === "divider") return html`<div key="divider" class="unreadline" role="separator">${tn("{n} new", "{n} new", row.count)}</div>`;
    if (row.kind === "facts") return html`<${Facts} key=${row.key} events=${row.events} />`;
    if (row.kind === "note") return html`<${Note} key=${row.key} note=${row.note} item=${row.item} isOpen=${row.isLast} />`;
    return html`<${Message} key=${row.key} message=${row.message} item=${row.item} isFirst=${row.isFirst} isOpen=${row.isLast} pressed=${pressed.get(row.message.id)} names=${names} />`;
  }

  render({ id }) {
    const line = timeline(id).value;
    if (!line || line.state === "loading") return html`<${Loading} />`;
    if (line.state === "error" && !line.entries.length) return html`<${Failed} id=${id} />`;
    const refs = new Set(line.entries.map((entry) => (entry.message || entry.note)?.client_ref).filter(Boolean));
    const pending = outbox.value.filter((item) => item.thread_id === id && !refs.has(item.ref));
    const days = byDay(line.entries, line.has_after ? [] : pending, divider.value?.thread === id ? divider.value : null);
    const last = days.at(-1)?.rows.findLast((row) => row.kind === "message" || row.kind === "note");
    if (last) last.isLast = true;
    const names = this.names();
    const pressed = this.pressed(line.entries);
    return html`<div class="msgs-box"><div class="msgs" ref=${this.box} data-testid="timeline" tabindex="-1" role="group" aria-label=${t("Messages")} onScroll=${this.onScroll}>
      ${line.has_before ? html`<div class="more" aria-hidden="true"><span class="bone"></span></div>` : html`<div class="begin">${t("The conversation begins here")}</div>`}
      ${days.map(({ day, at, rows }) => html`<section class="dayrows" key=${day} aria-label=${dayName(at)}><div class="day">${dayName(at)}</div>${rows.map((row) => this.draw(row, names, pressed))}</section>`)}
    </div><${ToEnd} id=${id} onEnd=${() => this.toEnd()} line=${line} /></div>`;
  }
}

/** "↓ 2 new" while the reader is further up. */
function ToEnd({ id, onEnd, line }) {
  const count = line.has_after ? line.missed.filter((entry) => entry.type !== "event").length : below.value;
  if (!count && !line.has_after) return null;
  const go = async () => { if (line.has_after) await latest(id); below.value = 0; requestAnimationFrame(onEnd); };
  return html`<button type="button" class="to-end" data-testid="to-end" onClick=${go}><${Icon} name="arrow-down" />${count ? tn("{n} new", "{n} new", count) : t("Newest")}</button>`;
}

export const Loading = () => html`<div class="msgs-box"><div class="msgs" aria-busy="true" data-testid="timeline-loading">${["in", "out", "in", "in", "out"].map((side, i) => html`<div key=${i} class=${`msg ${side} first`}><div class="bubble bones"><span class="bone wide"></span><span class="bone"></span></div></div>`)}</div></div>`;

const Failed = ({ id }) => html`<div class="msgs-box"><div class="empty" role="alert" data-testid="timeline-error"><${Icon} name="triangle-alert" /><p>${t("The messages could not be loaded.")}</p><button type="button" class="btn" onClick=${() => prepare(id)}>${t("Try again")}</button></div></div>`;

