// What can be done to many conversations at once: the bar above the list, its progress, and one undo for all.
import { Icon, figure, html, newRef, signal, t, tn, toast, useEffect } from "../base.js";
import { oops } from "../actions.js";
import { hooks, tip } from "../commands.js";
import { get, post, put } from "../server.js";
import { filtersNow } from "../lists.js";
import { left, outbox } from "../outbox.js";
import { directory, onOther, session } from "../store.js";
import { soon } from "../text.js";
import { openPicker, snoozeTimes } from "./pickers.js";
import { chooseNone, choseAll, selection } from "./row.js";

/** The change under way: as the API tells it, or null. */
const running = signal(null);
const isUnderWay = (one) => ["running", "undoing"].includes(one.state);
const POLL_MS = 1000;
let timer = 0;

function show(one) {
  if (running.peek()?.id !== one.id) return;
  if (isUnderWay(one)) { running.value = one; return; }
  running.value = null;
  clearTimeout(timer);
  const done = tn("{n} conversation changed", "{n} conversations changed", one.changed);
  const back = tn("{n} conversation is as it was", "{n} conversations are as they were", one.restored);
  const kept = one.kept ? tn("; {n} was changed since and stays", "; {n} were changed since and stay", one.kept) : "";
  if (one.state === "undone") toast(back + kept);
  else toast(done, { action: one.changed ? { label: t("Undo"), run: () => undo(one) } : undefined });
}

/** The socket tells how far it is; should it be silent, ask. */
function follow(one) {
  running.value = one;
  const ask = async () => {
    try { show(await get(`bulk_changes/${one.id}`)); } catch { /* asked again in a moment */ }
    if (running.peek()?.id === one.id) timer = setTimeout(ask, POLL_MS);
  };
  clearTimeout(timer);
  timer = setTimeout(ask, POLL_MS);
}
onOther(({ type, data }) => { if (type === "bulk_change.progressed") show(data.bulk_change); });

async function undo({ id }) {
  try { follow(await put(`bulk_changes/${id}/undo`)); } catch (problem) { oops(problem); }
}

/** Wait until the answers on their way to these conversations (null: to any) have left, for a closed one takes none.
    Gives the ids of those whose answer did not go. */
async function unanswered(ids) {
  const isGoing = (one) => one.mode === "reply" && one.state !== "failed" && (!ids || ids.includes(one.thread_id));
  const answers = outbox.peek().filter(isGoing);
  if (!answers.length) return [];
  toast(tn("Closing waits until {n} answer has gone out.", "Closing waits until {n} answers have gone out.", answers.length));
  const going = [...new Set(answers.map((one) => one.thread_id))];
  const why = await Promise.all(going.map(left));
  return going.filter((_, i) => why[i] !== null);
}

async function apply(change) {
  const { ids, all } = selection.peek();
  let whom = all ? { matching: filtersNow() } : { thread_ids: [...ids] };
  chooseNone();
  const kept = change.close ? await unanswered(whom.thread_ids) : [];
  if (kept.length && all) { toast(t("Nothing was closed: an answer did not go out."), { tone: "danger" }); return; }
  if (kept.length) {
    toast(tn("{n} conversation stays open: its answer did not go out.", "{n} conversations stay open: their answers did not go out.", kept.length));
    whom = { thread_ids: whom.thread_ids.filter((id) => !kept.includes(id)) };
    if (!whom.thread_ids.length) return;
  }
  try { follow(await post("bulk_changes", { ...whom, change }, { key: newRef() })); } catch (problem) { oops(problem); }
}

async function meanAll() {
  try { choseAll(await get("threads/matches", filtersNow())); } catch (problem) { oops(problem); }
}

function pickWho(anchor) {
  const { members, teams } = directory.peek();
  const to = (name, one) => ({
    id: one.id, label: one.name, icon: name === "team_id" ? "users" : "user", run: () => apply({ assign: { [name]: one.id } }),
  });
  const nobody = { id: "nobody", label: t("Nobody"), icon: "circle-dashed", run: () => apply({ assign: { assignee_id: null } }) };
  const people = members.filter((one) => one.is_active).map((one) => to("assignee_id", one));
  openPicker(anchor, { label: t("Assign to"), options: () => [...people, ...teams.map((one) => to("team_id", one)), nobody] });
}

function pickLabel(anchor) {
  const add = (name) => () => apply({ label: { add: [name] } });
  const options = () => directory.value.labels.map(({ name }) => ({ id: name, label: name, icon: "tag", run: add(name) }));
  const create = (name) => ({ id: "new", label: t("Create “{name}”", { name }), icon: "plus", run: add(name) });
  openPicker(anchor, { label: t("Add a label"), options, create });
}

function pickUntil(anchor) {
  const until = (at) => () => apply({ snooze: { until: at, wake_on_reply: true } });
  const time = ({ id, label, at }) => ({ id, label, icon: "clock", hint: soon(at.toISOString()), run: until(at.toISOString()) });
  const reply = { id: "reply", label: t("Until they answer"), icon: "reply", run: until(null) };
  openPicker(anchor, { label: t("Snooze"), options: () => [...snoozeTimes().map(time), reply] });
}

// Each with the command whose keys do the same
const ACTIONS = [
  ["bulk-assign", "user", () => t("Assign"), pickWho, "assign"], ["bulk-label", "tag", () => t("Label"), pickLabel, "labels"],
  ["bulk-snooze", "clock", () => t("Snooze"), pickUntil, "snooze"], ["bulk-close", "check", () => t("Close"), () => apply({ close: {} }), "close"],
];
const byKeys = Object.fromEntries(ACTIONS.map(([id, , , run, command]) => [command, () => run(document.querySelector(`[data-testid=${id}]`))]));
byKeys["assign-me"] = () => apply({ assign: { assignee_id: session.peek().me.id } });

function Progress() {
  const { state, total, changed, skipped, restored, kept } = running.value;
  const isBack = state === "undoing";
  const [of, done] = isBack ? [changed, restored + kept] : [total, changed + skipped];
  const words = isBack ? t("Taking back {done} of {of}", { done, of }) : t("Changed {done} of {of}", { done, of });
  return html`<div class="bulk" role="status" data-testid="bulk-progress"><progress max=${of} value=${done}
    aria-label=${words}></progress><span class="num">${words}</span>${!isBack && html`<button type="button" class="linkbtn"
    onClick=${() => undo(running.peek())}>${t("Stop and undo")}</button>`}</div>`;
}

function words({ ids, all }) {
  if (!all) return tn("{n} chosen", "{n} chosen", ids.size);
  return all.is_more ? t("More than {n}: narrow the filters", { n: figure(all.count) })
    : tn("All {n} that match", "All {n} that match", all.count);
}

/** The bar in place of the filters while conversations are chosen or changed. most: how many the list has, if known. */
export function BulkBar({ most }) {
  const chosen = selection.value;
  const isChosen = chosen.all || chosen.ids.size > 0;
  const isTooMany = Boolean(chosen.all?.is_more);
  useEffect(() => {
    const onKey = (event) => { if (event.key === "Escape" && !event.defaultPrevented && isChosen) chooseNone(); };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [isChosen]);
  // What the keys do, they do to all that are chosen
  useEffect(() => { hooks.many = isChosen && !isTooMany ? byKeys : null; return () => { hooks.many = null; }; }, [isChosen, isTooMany]);
  if (running.value) return html`<${Progress} />`;
  if (!isChosen) return null;
  const act = ([id, icon, label, run, command]) => html`<button type="button" key=${id} class="chip" data-testid=${id} disabled=${isTooMany}
    title=${tip(label(), command)} onClick=${(event) => run(event.currentTarget)}><${Icon} name=${icon} />${label()}</button>`;
  const all = most ? tn("Select all {n} matching", "Select all {n} matching", most) : t("Select all matching");
  return html`<div class="bulk" role="toolbar" aria-label=${t("Chosen conversations")} data-testid="bulk">
    <span class="num" role="status">${words(chosen)}</span>
    ${!chosen.all && html`<button type="button" class="linkbtn" data-testid="bulk-all" onClick=${meanAll}>${all}</button>`}
    <button type="button" class="iconbtn s" aria-label=${t("Choose none")} onClick=${chooseNone}><${Icon} name="x" /></button>
    <span class="bulk-do">${ACTIONS.map(act)}</span></div>`;
}

/** Whether the bar must stay although nothing is chosen: a change is under way. */
export const isBusy = () => Boolean(running.value);
