// Macros: choosing one, seeing what it will do, doing it all at once, and one undo.
import { Icon, go, html, newRef, prefs, t, toast, useState } from "../base.js";
import { PRIORITIES, gapsIn, leaving, oops } from "../actions.js";
import { draftOf } from "../drafts.js";
import { channelOf, slotOf, whereTo } from "../places.js";
import { getAll, post } from "../server.js";
import { member, team, thread } from "../store.js";
import { DialogHead, closeLayer, openDialog } from "./layers.js";
import { openPicker } from "./pickers.js";
import { filled } from "./suggest.js";

const LEAST_S = 5; // an undo that takes back all but the answer would be half of one

function assignWords({ to, id }) {
  if (to === "me") return t("Assign to me");
  return to === "nobody" ? t("Unassign") : t("Assign to {name}", { name: (to === "team" ? team : member)(id)?.name || t("Unknown") });
}

/** What each step but the texts will do: [icon, words]. */
const STEPS = {
  add_labels: (labels) => ["tag", t("Add label {name}", { name: labels.join(", ") })],
  assign: (to) => ["user-plus", assignWords(to)],
  priority: (key) => ["flag", t("Priority: {name}", { name: PRIORITIES[key]() })],
  snooze: ({ hours }) => ["clock", hours ? t("Snooze for {n} h", { n: hours }) : t("Snooze: {name}", { name: t("Until they answer") })],
  close: () => ["check", t("Close")],
};
const stepsOf = (steps) => Object.entries(STEPS).filter(([key]) => steps[key]).map(([key, words]) => words(steps[key]));
const inShort = ({ steps }) => [steps.reply && t("Reply"), steps.note && t("Note"), ...stepsOf(steps).map(([, words]) => words)]
  .filter(Boolean).join(" · ");

async function undo(id, run) {
  try {
    const { reply_left: hasLeft } = await post(`macro_runs/${run.id}/undo`, {});
    go({ thread: id });
    toast(hasLeft ? t("Everything is as it was, but the answer had left already.") : t("Everything is as it was."));
  } catch (problem) { oops(problem); }
}

/** Ask for it all at once. Returns "" or why nothing was done. */
async function run(id, macro, texts) {
  const slot = slotOf(id, "reply");
  const seen_message_id = draftOf(id, slot).peek().seen || thread(id).peek().last_message?.id || null;
  const hold_s = Math.max(LEAST_S, prefs.peek().undo);
  const body = { macro_id: macro.id, client_ref: newRef(), texts, hold_s, seen_message_id, ...whereTo(id, channelOf(slot)?.id ?? null) };
  const leave = leaving(id);
  try {
    const done = await post(`threads/${id}/macro_runs`, body, { key: body.client_ref });
    toast(t("{macro} is done", { macro: macro.name }), { action: { label: t("Undo"), run: () => undo(id, done) } });
    if (macro.steps.close || macro.steps.snooze) leave();
    return "";
  } catch (problem) { return problem.detail; }
}

function Preview({ id, macro }) {
  const { reply, note } = macro.steps;
  const [texts, setTexts] = useState({ ...(reply && { reply: filled(id, reply) }), ...(note && { note: filled(id, note) }) });
  const [why, setWhy] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [gap] = Object.values(texts).flatMap(gapsIn);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    const problem = await run(id, macro, texts);
    setBusy(false);
    if (problem) setWhy(problem); else closeLayer();
  };
  const text = (key, name, rows) => key in texts && html`<label>${name}<textarea rows=${rows} dir="auto" value=${texts[key]}
    onInput=${(event) => setTexts({ ...texts, [key]: event.target.value })}></textarea></label>`;
  const step = ([icon, words]) => html`<li><${Icon} name=${icon} />${words}</li>`;
  return html`<${DialogHead} title=${macro.name} /><form class="snooze-date macro" data-testid="macro" onSubmit=${submit}>
    ${text("reply", t("Reply"), 5)}${text("note", t("Note · only your team sees this"), 2)}
    <ul>${stepsOf(macro.steps).map(step)}</ul>
    ${(gap || why) && html`<p class="field-error" role="alert">${gap ? t("Fill in {places}", { places: gap }) : why}</p>`}
    <button class="btn primary" autofocus=${!gap} disabled=${Boolean(gap) || isBusy}>${t("Do it all")}</button></form>`;
}

/** Show the macros there are; the chosen one shows what it will do. */
export async function pickMacro(id, anchor) {
  let found;
  try { found = await getAll("macros"); } catch (problem) { oops(problem); return; }
  if (!found.length) { toast(t("No macros yet. Make them in the console.")); return; }
  const preview = (macro) => () => openDialog(macro.name, () => html`<${Preview} id=${id} macro=${macro} />`);
  const option = (macro) => ({ id: macro.id, label: macro.name, words: inShort(macro), icon: "zap", hint: macro.is_shared ? "" : t("only you"),
    run: preview(macro) });
  openPicker(anchor, { label: t("Run a macro"), placeholder: t("Find a macro"), options: () => found.map(option) });
}
