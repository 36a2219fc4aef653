// The notifications a customer got: the one that led here with its steps, the others in one line each.
import { Icon, html, signal, t, toast, useEffect, whenRested } from "../base.js";
import { get } from "../server.js";
import { channel, customer, directory, findMessage, onOther } from "../store.js";
import { clock, full, shortTime } from "../text.js";
import { jumpTo } from "../timelines.js";
import { statusName } from "./message.js";

const MOST = 10;
const FRESH_MS = 60_000;
const KEPT = 40;
const cells = new Map(); // customer id → signal of {rows, problem}, the one used last at the end

function cellOf(customerId) {
  const cell = cells.get(customerId) || signal({ rows: [], problem: "" });
  cells.delete(customerId);
  cells.set(customerId, cell);
  const [oldest] = cells.keys();
  if (cells.size > KEPT) for (const map of [cells, known]) map.delete(oldest);
  return cell;
}

const asking = new Map(); // customer id → how often it was asked, so that an older answer never shows
const known = new Map(); // customer id → the stamp of what was asked last, unless something happened since

/** When something about a customer was asked for; and whether that is a moment ago and nothing of theirs changed since. */
export const stamp = (customerId) => ({ at: Date.now(), version: customer(customerId).peek()?.version });
export const isFresh = (customerId, { at, version } = {}) => Date.now() - at < FRESH_MS && version === customer(customerId).peek()?.version;

async function load(customerId) {
  const turn = (asking.get(customerId) || 0) + 1;
  asking.set(customerId, turn);
  known.set(customerId, stamp(customerId));
  const isLast = () => asking.get(customerId) === turn;
  const cell = cellOf(customerId);
  try {
    const { data } = await get("notifications", { customer: customerId, limit: MOST });
    if (isLast()) cell.value = { rows: data.filter((one) => !one.test), problem: "" };
  } catch (problem) {
    known.delete(customerId);
    if (isLast()) cell.value = { ...cell.peek(), problem: problem.detail };
  }
}

const STATES = {
  queued: () => t("Queued"), scheduled: () => t("Scheduled"), held: () => t("Waits for the morning"),
  throttled: () => t("Too many at once"), batched: () => t("In a digest"), skipped: () => t("Not sent"),
  sent: () => t("Sent"), delivered: () => t("Delivered"), read: () => t("Read"), answered: () => t("Answered"),
  failed: () => t("Failed"), expired: () => t("Too late"), cancelled: () => t("Cancelled"),
};
const TONES = {
  failed: "bad", timed_out: "late", skipped: "idle", waiting: "idle", unneeded: "idle", expired: "bad", answered: "good",
};
const inWords = (state) => STATES[state]?.() || state;

/** How one rung went. The message itself may know more than the step yet does. */
function stepWords(threadId, { state, status, must_reach: must, message_id: key, reason }) {
  const message = key && findMessage(threadId, key);
  const now = statusName(message?.status || status);
  if (state === "waiting") return t("waits for its turn");
  if (state === "unneeded") return t("not needed");
  if (state === "skipped") return t("skipped: {why}", { why: reason });
  if (state === "timed_out") return t("{status}, not {aim} in time", { status: now, aim: inWords(must).toLowerCase() });
  return now || inWords(state);
}

const Row = ({ tone = "", words, at }) => html`<li class=${tone}><span dir="auto">${words}</span>
  ${at && html`<time title=${full(at)}>${clock(at)}</time>`}</li>`;

/** A rung that was not climbed names its channel by kind or id only. */
function labelOf({ channel_id: key, rung }) {
  return (channel(key || rung) || directory.value.channels.find((one) => one.kind === rung))?.label || rung;
}

function Steps({ threadId, row }) {
  const step = (one) => html`<${Row} key=${one.id} tone=${TONES[one.state] || ""} at=${one.reached_at || one.ended_at || one.started_at}
    words=${`${labelOf(one)} · ${stepWords(threadId, one)}`} />`;
  const said = row.answers.at(-1);
  const words = said && findMessage(threadId, said.message_id);
  const answer = said && t("Answered “{words}”", { words: words?.content.title || words?.text || said.action.replace(/_/g, " ") });
  return html`<ol class="steps" data-testid="notice-steps">${row.steps.map(step)}
    ${said && html`<${Row} tone="good" words=${answer} at=${said.at} />`}</ol>`;
}

/** The newest one that they answered, or whose message stands in this conversation. */
function leading(threadId, rows) {
  const isHere = ({ steps }) => steps.some((one) => one.message_id && findMessage(threadId, one.message_id));
  return rows.find((row) => row.answers.length && isHere(row)) || rows.find(isHere);
}

async function show(threadId, { steps }) {
  const key = steps.findLast((one) => one.message_id)?.message_id;
  if (!key || !await jumpTo(threadId, key)) toast(t("It stands in another conversation of this customer."));
}

function Name({ threadId, row }) {
  return html`<button type="button" class="notice-name" title=${t("Go to its message")} onClick=${() => show(threadId, row)}>
    <${Icon} name="bell" /><span dir="auto">${row.name || row.type.replace(/_/g, " ")}</span></button>`;
}

function Other({ threadId, row }) {
  return html`<div class="notice" data-testid="notice" data-state=${row.state}><${Name} threadId=${threadId} row=${row} />
    <small title=${row.reason}>${inWords(row.state)} · ${shortTime(row.created_at)}</small></div>`;
}

/** Whose notifications an event concerns: a change of state, or a message one of them sent; null for any other. */
function whose({ type, data }) {
  if (type.startsWith("notification.")) return data.notification.customer_id;
  return data?.message?.content?.notification ? data.message.customer_id : null;
}

onOther((event) => known.delete(whose(event)));

/** In the customer's panel: the alert that led to this conversation, and the alerts before it. */
export function Notices({ id, personId }) {
  const { rows, problem } = cellOf(personId).value;
  useEffect(() => {
    const stops = [onOther((event) => whose(event) === personId && load(personId))];
    if (!isFresh(personId, known.get(personId))) stops.push(whenRested(() => load(personId)));
    return () => stops.forEach((stop) => stop());
  }, [personId]);
  const first = leading(id, rows);
  const others = rows.filter((row) => row !== first);
  const head = first && html`<section data-testid="notice-led"><h3>${t("Alert that led here")}</h3>
    <${Name} threadId=${id} row=${first} /><${Steps} threadId=${id} row=${first} /></section>`;
  const rest = others.length > 0 && html`<section><h3>${t("Alerts sent")}</h3>
    ${others.map((row) => html`<${Other} key=${row.id} threadId=${id} row=${row} />`)}</section>`;
  const again = html`<button type="button" class="linkbtn" onClick=${() => load(personId)}>${t("Try again")}</button>`;
  return html`${head}${rest}${problem && html`<section role="alert"><p class="muted">${problem} ${again}</p></section>`}`;
}
