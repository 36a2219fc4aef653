// The rows of the open conversation by days and runs, and where the reader stands in them.
import { Component, Icon, announce, computed, createRef, effect, html, signal, t, tn, whenRested } from "../base.js";
import { hooks } from "../commands.js";
import { byDay, daysBetween, windowOf } from "../entries.js";
import { asEntry, outbox } from "../outbox.js";
import { findMessage, isMine, onArrival, session, thread, timeline } from "../store.js";
import { dayName, inOneLine, whoIs } from "../text.js";
import { divider, isAttentive, jump, latest, markRead, newer, older } from "../timelines.js";
import { Message, openMenu, openReactions } from "./message.js";
import { Facts, Note, hush } from "./pieces.js";

const NEAR_END = 32; // px
const LOAD_AHEAD = 800; // px
const ANSWERS = ["button_reply", "list_reply", "flow_reply", "location", "contacts", "order", "interactive"];

/** How many new rows wait below the reader, and the way to them. */
const below = signal(0);

function ToEnd({ id, onEnd, line }) {
  const count = line.has_after ? line.missed.filter((entry) => entry.type !== "event").length : below.value;
  if (!count && !line.has_after) return null;
  const run = async () => { if (line.has_after) await latest(id); requestAnimationFrame(onEnd); };
  return html`<button type="button" class="to-end" data-testid="to-end" onClick=${run}><${Icon} name="arrow-down" />
    ${count ? tn("{n} new", "{n} new", count) : t("Newest")}</button>`;
}

/** A jump still wanted in a conversation: its reader has not looked elsewhere since. */
const wanted = (id, to) => (to?.thread === id && Date.now() - to.at < 3000 ? to : null);

/** One conversation's rows; another one is mounted for each visit (key), so nothing leaks between them. */
export class Timeline extends Component {
  box = createRef();
  atEnd = true;
  days = [];
  answers = new Map();
  isWhole = signal(false); // whether the rows before those that fill the pane are drawn too
  mark = computed(() => (divider.value?.thread === this.props.id ? divider.value : null));
  row = computed(() => thread(this.props.id).value);
  customer = computed(() => (this.row.value ? whoIs(this.row.value.customer) : t("Unknown")));
  channel = computed(() => this.row.value?.channel?.id);
  look = () => this.read();

  componentDidMount() {
    const { id } = this.props;
    below.value = 0;
    this.stand();
    this.watch = new ResizeObserver(() => { if (this.isAtEnd()) this.toEnd(); });
    this.watch.observe(this.box.current);
    this.watchDays();
    const land = (to) => requestAnimationFrame(() => this.box.current && this.land(to));
    const onJump = () => { if (wanted(id, jump.value)) { this.complete(); land(jump.value); } };
    this.stops = [() => this.watch.disconnect(), whenRested(() => this.complete()), onArrival((entry, where) => where === id && this.onNew(entry)), effect(onJump)];
    addEventListener("focus", this.look);
    document.addEventListener("visibilitychange", this.look);
    const press = (what) => document.activeElement.querySelector(what)?.click();
    Object.assign(hooks, {
      moveMessage: (step) => this.move(step), quote: () => this.withFocused((one) => hooks.quoteMessage(one)),
      react: () => this.withFocused(openReactions), menu: () => this.withFocused(openMenu), lastMenu: () => this.openLast(),
      play: () => press(".play, .photo"),
    });
  }

  componentWillUnmount() {
    hush(this.box.current); // what is out of the page plays on
    this.stops.forEach((stop) => stop());
    removeEventListener("focus", this.look);
    document.removeEventListener("visibilitychange", this.look);
  }

  complete() { this.isWhole.value = true; }
  rows() { return [...this.box.current.querySelectorAll("[data-entry]")]; }

  /** The first place: at the jump's target, at the divider, else at the end. */
  stand() {
    const box = this.box.current;
    const mark = box.querySelector(".unreadline");
    const target = wanted(this.props.id, jump.peek());
    if (target) this.land(target);
    else if (mark) box.scrollTop = mark.offsetTop - box.clientHeight * 0.3;
    else this.toEnd();
    this.settle();
    this.read();
  }

  toEnd() {
    const box = this.box.current;
    if (box) box.scrollTop = box.scrollHeight;
    this.settle();
  }

  /** Rows grow after they are drawn too: the words of a template come later. */
  watchDays() {
    const days = [...this.box.current.querySelectorAll(".dayrows")];
    for (const day of days.filter((one) => !this.days.includes(one))) this.watch.observe(day);
    this.days = days;
  }

  /** Note whether the reader stands at the end. */
  settle() {
    const box = this.box.current;
    this.top = box?.scrollTop;
    const rest = box ? box.scrollHeight - box.scrollTop - box.clientHeight : 0;
    this.atEnd = rest < NEAR_END && this.isToEnd && !timeline(this.props.id).peek()?.has_after;
    if (this.atEnd && below.peek()) below.value = 0;
  }

  /** What was noted, or seen anew if the reader has scrolled, told of or not. Our own scroll is told of later, when
      what stands there may have grown: it is no move of theirs. */
  isAtEnd() {
    if (this.box.current.scrollTop !== this.top) this.settle();
    return this.atEnd;
  }

  /** Show the entry of a jump; a frame later, when it is surely drawn. */
  land({ entry, isQuiet }) {
    const row = this.rows().find((one) => one.dataset.entry === entry);
    if (!row) return;
    row.scrollIntoView({ block: isQuiet ? "start" : "center", behavior: "instant" });
    row.classList.remove("flash");
    if (!isQuiet) requestAnimationFrame(() => row.classList.add("flash"));
    this.settle();
  }

  /** Before rows change: remember one that is in sight and where. */
  getSnapshotBeforeUpdate() {
    if (!this.box.current || this.isAtEnd()) return null;
    const { top } = this.box.current.getBoundingClientRect();
    const row = this.rows().find((one) => one.getBoundingClientRect().bottom > top + 1);
    return row && { row, y: row.getBoundingClientRect().top };
  }

  /** After: put it back where it was, or stay at the end; our own new message is always shown. */
  componentDidUpdate(_, __, kept) {
    const { id } = this.props;
    this.watchDays();
    const last = outbox.peek().findLast((item) => item.thread_id === id)?.ref;
    const isOwn = last && last !== this.lastSent;
    if (isOwn && !this.isWhole.peek()) { this.complete(); return; } // what is to be shown is drawn with the rest
    this.lastSent = last || this.lastSent;
    if (isOwn && timeline(id).peek()?.has_after) latest(id).then(() => this.toEnd());
    else if (this.atEnd || isOwn) this.toEnd();
    else if (kept?.row.isConnected) {
      this.box.current.scrollTop += kept.row.getBoundingClientRect().top - kept.y;
      this.settle();
    }
    this.read();
  }

  onNew({ note, message }) {
    const words = message || note;
    if (!words || isMine(words.author?.id)) return;
    if (!this.atEnd && !timeline(this.props.id).peek()?.has_after) below.value += 1;
    const who = note ? t("Note by {who}", { who: note.author.name }) : words.author?.name || this.names().customer;
    announce(`${who}: ${note ? note.text : inOneLine(message)[1]}`);
  }

  onScroll = () => {
    const box = this.box.current;
    if (!box) return;
    this.isAtEnd();
    if (box.scrollTop < LOAD_AHEAD && this.isWhole.peek()) older(this.props.id);
    if (box.scrollHeight - box.scrollTop - box.clientHeight < LOAD_AHEAD) newer(this.props.id);
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
    const rows = this.rows();
    const here = rows.indexOf(document.activeElement.closest("[data-entry]"));
    const to = step === 0 || here < 0 ? rows.length - 1 : Math.max(0, here + step);
    if (to >= rows.length) { hooks.focusComposer?.(); return; }
    rows[to]?.focus({ preventScroll: true });
    rows[to]?.scrollIntoView({ block: "nearest" });
  }

  /** The menu of the last message, from the field below. */
  openLast() {
    this.rows().findLast((row) => findMessage(this.props.id, row.dataset.entry))?.focus({ preventScroll: true });
    this.withFocused(openMenu);
  }

  withFocused(run) {
    const row = document.activeElement.closest("[data-entry]");
    const message = row && findMessage(this.props.id, row.dataset.entry);
    if (message) run(message, row.querySelector(".bubble"));
  }

  /** Which button of which message was pressed: id → {title, text, payload, at}. Objects stay, so that bubbles stay still. */
  pressed(entries) {
    for (const { message } of entries) {
      const { id } = message?.reply_to || {};
      if (!id || !ANSWERS.includes(message.kind) || this.answers.get(id)?.at === message.at) continue;
      this.answers.set(id, { title: message.content.title, text: message.text, payload: message.content.payload, at: message.at });
    }
    return this.answers;
  }

  names() {
    const [customer, place] = [this.customer.value, this.channel.value];
    const isSame = this.kept?.customer === customer && this.kept.place === place;
    if (!isSame) this.kept = { customer, place, us: session.peek().tenant.name, isWhole: this.isWhole, find: (id) => findMessage(this.props.id, id) };
    return this.kept;
  }

  /** Of all days what is drawn: at first only what fills the pane, the rest would keep its reader waiting. */
  drawn(days) {
    this.first ??= windowOf(days, wanted(this.props.id, jump.peek())?.entry);
    this.isToEnd = this.isWhole.value || !this.first.to;
    return this.isWhole.value ? days : daysBetween(days, this.first);
  }

  draw({ type, key, count, events, note, message, item, isFirst, isLast }) {
    const news = () => tn("{n} new", "{n} new", count);
    if (type === "divider") return html`<div key=${key} class="unreadline" role="separator">${news()}</div>`;
    if (type === "event") return html`<${Facts} key=${key} events=${events} />`;
    if (type === "note") return html`<${Note} key=${key} note=${note} item=${item} isOpen=${isLast} />`;
    return html`<${Message} key=${key} message=${message} item=${item} isFirst=${isFirst} isOpen=${isLast}
      pressed=${this.answers.get(message.id)} names=${this.names()} />`;
  }

  render({ id }) {
    const line = timeline(id).value;
    const refs = new Set(line.entries.map((entry) => (entry.message || entry.note)?.client_ref).filter(Boolean));
    const isPending = (item) => item.thread_id === id && !refs.has(item.ref) && !line.has_after;
    const all = byDay([...line.entries, ...outbox.value.filter(isPending).map(asEntry)], this.mark.value);
    const days = this.drawn(all);
    const isBegun = !line.has_before && days[0]?.rows[0] === all[0]?.rows[0];
    const last = days.at(-1)?.rows.findLast((row) => row.key && ["message", "note"].includes(row.type));
    if (last) last.isLast = true;
    this.pressed(line.entries);
    const day = ({ day: key, at, rows }) => html`<section class="dayrows" key=${key} aria-label=${dayName(at)}>
      <div class="day">${dayName(at)}</div>${rows.map((row) => this.draw(row))}</section>`;
    return html`<div class="msgs-box"><div class="msgs" ref=${this.box} data-testid="timeline" tabindex="-1"
      role="group" aria-label=${t("Messages")} onScroll=${this.onScroll}>
      ${isBegun ? html`<div class="begin">${t("The conversation begins here")}</div>`
        : html`<div class="more" aria-hidden="true"><span class="bone"></span></div>`}${days.map(day)}</div>
      <${ToEnd} id=${id} line=${line} onEnd=${() => this.toEnd()} /></div>`;
  }
}
