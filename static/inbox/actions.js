// What an agent does to a conversation: shown at once as a guess, then made true or taken back, with Undo.
import { newRef, t, toast } from "./base.js";
import { call, post, put, remove } from "./api.js";
import { neighbour } from "./lists.js";
import { go, route } from "./route.js";
import { apply, directory, member, session, team, thread } from "./store.js";

const row = (id) => thread(id).peek();
const forget = (id, key) => apply({ type: "page.guess", data: { id, key, patch: null } });
export const oops = (problem) => toast(problem.detail, { tone: "danger" });

/** Show patch at once, ask the server, then believe its answer. undo: {text, run} for the toast. */
async function change(id, patch, ask, undo) {
  const key = newRef();
  apply({ type: "page.guess", data: { id, key, patch } });
  if (undo) toast(undo.text, { action: { label: t("Undo"), run: undo.run } });
  try { apply({ type: "loaded.thread", data: await ask() }); } catch (problem) { oops(problem); }
  forget(id, key);
}

const nameOf = (id, isQuiet) => (isQuiet ? "" : row(id)?.customer.name);

/** Give a conversation to a person and a team; either may be null. */
export function assign(id, { assignee_id, team_id }, { quiet } = {}) {
  const old = { assignee_id: row(id).assignee_id, team_id: row(id).team_id };
  const to = member(assignee_id)?.name || team(team_id)?.name;
  const text = to ? t("{name} assigned to {to}", { name: nameOf(id), to }) : t("{name} is unassigned", { name: nameOf(id) });
  const next = { assignee_id: assignee_id ?? null, team_id: team_id ?? null };
  return change(id, next, () => put(`threads/${id}/assignment`, next), quiet ? null : { text, run: () => assign(id, old, { quiet: true }) });
}

export const assignToMe = (id) => assign(id, { assignee_id: session.peek().me.id, team_id: row(id).team_id });

/** After a conversation left the list, the next one is opened; on a narrow page the list is. */
function moveOn(id, next) {
  if (route.peek().thread !== id) return;
  go({ thread: matchMedia("(max-width: 799px)").matches ? null : next });
}

export function close(id, { stay = false } = {}) {
  const next = neighbour(id);
  const patch = { status: "closed", snoozed_until: null, closed_at: new Date().toISOString() };
  const undo = { text: t("{name} closed", { name: nameOf(id) }), run: () => reopen(id, { show: true }) };
  if (!stay) moveOn(id, next);
  return change(id, patch, () => put(`threads/${id}/closure`, {}), undo);
}

export function reopen(id, { show } = {}) {
  if (show) go({ thread: id });
  return change(id, { status: "open", closed_at: null }, () => remove(`threads/${id}/closure`));
}

export const closeOrReopen = (id) => (row(id).status === "closed" ? reopen(id) : close(id));

/** until: ISO time or null for "until they answer". */
export function snooze(id, until) {
  const next = neighbour(id);
  const undo = { text: t("{name} snoozed", { name: nameOf(id) }), run: () => { wake(id); go({ thread: id }); } };
  moveOn(id, next);
  return change(id, { status: "snoozed", snoozed_until: until, wake_on_reply: true }, () => put(`threads/${id}/snooze`, { until, wake_on_reply: true }), undo);
}

export const wake = (id) => change(id, { status: "open", snoozed_until: null }, () => remove(`threads/${id}/snooze`));

export function setLabels(id, labels, { quiet } = {}) {
  const old = row(id).labels;
  const known = directory.peek().labels;
  const made = labels.filter((name) => !known.some((one) => one.name === name)).map((name) => ({ name, colour: "" }));
  if (made.length) apply({ type: "page.labels", data: [...known, ...made] });
  return change(id, { labels }, () => put(`threads/${id}/labels`, { labels }),
    quiet ? null : { text: t("Labels changed"), run: () => setLabels(id, old, { quiet: true }) });
}

export const PRIORITIES = { urgent: () => t("Urgent"), high: () => t("High"), normal: () => t("Normal"), low: () => t("Low"), none: () => t("None") };

export function setPriority(id, priority, { quiet } = {}) {
  const old = row(id).priority;
  return change(id, { priority }, () => put(`threads/${id}/priority`, { priority }),
    quiet ? null : { text: t("Priority: {name}", { name: PRIORITIES[priority]() }), run: () => setPriority(id, old, { quiet: true }) });
}

/** Put our reaction on a message, or take it away when it is the same one again. */
export async function react(message, emoji) {
  const ours = message.reactions.find((one) => one.by === "us");
  const path = `messages/${message.id}/reaction`;
  try {
    const data = ours?.emoji === emoji ? await remove(path) : await put(path, { emoji });
    if (data) apply({ type: "message.reacted", data: { message: data, thread_id: message.thread_id } });
  } catch (problem) { oops(problem); }
}

/** A new attempt for a message the provider refused or never answered for. */
export async function retryMessage(message) {
  try {
    const data = await post(`messages/${message.id}/retry`, {});
    apply({ type: "message.retried", data: { ...data, message_id: data.id, at: data.status_history.at(-1)?.at } });
  } catch (problem) { oops(problem); }
}

/** Change a customer. Returns null, or the newer customer when somebody else changed it first. */
export async function editCustomer(customer, patch) {
  try {
    apply({ type: "loaded.customer", data: await call("PATCH", `customers/${customer.id}`, { body: { ...patch, version: customer.version } }) });
    return null;
  } catch (problem) {
    if (problem.code !== "conflict") throw problem;
    return problem.body.current || problem.body.customer || null;
  }
}

/** The moments the snooze picker offers: in 3 hours, tomorrow at 9, next Monday at 9. */
export function snoozeTimes(from = new Date()) {
  const at = (days, hour) => { const day = new Date(from); day.setDate(day.getDate() + days); day.setHours(hour, 0, 0, 0); return day; };
  const toMonday = ((8 - from.getDay()) % 7) || 7;
  return [
    { id: "3h", label: t("In 3 hours"), at: new Date(from.getTime() + 3 * 3_600_000) },
    { id: "tomorrow", label: t("Tomorrow, 9:00"), at: at(1, 9) },
    { id: "monday", label: t("Next Monday, 9:00"), at: at(toMonday, 9) },
  ];
}
