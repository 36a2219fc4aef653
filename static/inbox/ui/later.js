// Answers that leave later: choosing when, and those that wait in the open conversation or could not leave.
import { Icon, announce, html, newRef, signal, t, toast, useEffect, useState } from "../base.js";
import { messagesOf, obstacle, oops } from "../actions.js";
import { hooks } from "../commands.js";
import { clearDraft, draftOf, editDraft } from "../drafts.js";
import { channelOf, placeOf, slotOf, windowOf } from "../places.js";
import { get, patch, post, remove } from "../server.js";
import { channel, onArrival, thread } from "../store.js";
import { full, inOneLine, soon } from "../text.js";
import { closeLayer, openPopover } from "./layers.js";
import { pickTime } from "./pickers.js";

const lists = signal({}); // thread id → its rows, the next first
const keep = (id, rows) => { lists.value = { ...lists.peek(), [id]: rows }; };

async function load(id) {
  try { keep(id, (await get("scheduled_messages", { thread: id, limit: 200 })).data); } catch { /* the next change asks again */ }
}

const path = ({ id }, more = "") => `scheduled_messages/${id}${more}`;

/** Do something to a row, then read the list again; a refusal is told. Returns whether it was done. */
async function act(id, ask) {
  try { await ask(); } catch (problem) { oops(problem); return false; } finally { load(id); }
  return true;
}

// ---------------------------------------------------------------- choosing when

/** Keep a draft until a moment; it comes back if the server refuses it. */
async function schedule(id, send_at) {
  const slot = slotOf(id, "reply");
  const draft = draftOf(id, slot).peek();
  const why = obstacle(id, channelOf(slot), draft);
  if (why) { toast(why, { tone: "danger" }); announce(why); return; }
  const back = () => { // in front of what has been begun since
    const { text, files, quote } = draftOf(id, slot).peek();
    const words = [draft.text, text].filter(Boolean).join("\n");
    editDraft(id, slot, { text: words, files: [...draft.files, ...files], quote: quote || draft.quote });
  };
  const bodies = messagesOf(id, channelOf(slot), draft).map(([{ seen_message_id, ...body }]) => body);
  const made = [];
  const cancel = () => Promise.all(made.map((row) => remove(path(row))));
  clearDraft(id, slot);
  // With nothing to send, the button that was pressed takes no focus
  requestAnimationFrame(() => hooks.focusComposer?.());
  try {
    for (const body of bodies) made.push(await post(`threads/${id}/scheduled_messages`, { ...body, send_at, client_ref: newRef() }));
    const undo = () => act(id, cancel).then((isDone) => isDone && back());
    toast(t("Goes out {when}", { when: soon(send_at) }), { action: { label: t("Undo"), run: undo } });
  } catch (problem) {
    oops(problem);
    cancel().catch(() => {});
    back();
  }
  load(id);
}

/** The same moments as for snoozing; beside each, whether a free reply may still leave then. */
export function pickLater(id, anchor) {
  const { left } = windowOf(thread(id).peek(), placeOf(id));
  const isLate = (at) => left !== null && at - Date.now() > left;
  const extra = (at) => isLate(at) && { isTall: true, hint: t("{when}, if they write again before: the reply window is over then", { when: soon(at.toISOString()) }) };
  const { text, files } = draftOf(id, slotOf(id, "reply")).peek();
  if (!text.trim() && !files.length) { toast(t("Write the answer first.")); return; }
  pickTime(anchor, { verb: t("Send later"), label: t("Send at") }, (at) => schedule(id, at), { extra });
}

// ---------------------------------------------------------------- those that wait

const localOf = (iso) => {
  const date = new Date(iso);
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

function Edit({ id, row }) {
  const [text, setText] = useState(row.text);
  const [at, setAt] = useState(localOf(row.send_at));
  const isPast = new Date(at) <= new Date();
  const submit = (event) => {
    event.preventDefault();
    closeLayer();
    // Only what was changed here: a colleague may have changed the other meanwhile
    const changed = { ...(text !== row.text && { text }), ...(at !== localOf(row.send_at) && { send_at: new Date(at).toISOString() }) };
    act(id, () => patch(path(row), changed));
  };
  return html`<form class="snooze-date" onSubmit=${submit}>
    ${!row.template && html`<label>${t("Message")}<textarea rows="4" dir="auto" autofocus value=${text}
      onInput=${(event) => setText(event.target.value)}></textarea></label>`}
    <label>${t("Send at")}<input type="datetime-local" required value=${at} onInput=${(event) => setAt(event.target.value)} /></label>
    ${isPast && html`<p class="field-error">${t("That moment has passed.")}</p>`}
    <button class="btn primary" disabled=${!at || isPast}>${t("Save")}</button></form>`;
}

function Row({ id, row }) {
  const { text, kind, template, attachments, send_at, state, error, author } = row;
  const [icon, words] = inOneLine({ kind: template ? "template" : attachments[0]?.kind || kind || "text", text });
  const isFailed = state === "failed";
  const line = words || template?.name;
  const button = (name, image, run) => html`<button type="button" class="iconbtn s" title=${name}
    aria-label=${`${name}: ${line}`} onClick=${run}><${Icon} name=${image} /></button>`;
  const edit = ({ currentTarget }) => openPopover(currentTarget, t("Change"), () => html`<${Edit} id=${id} row=${row} />`);
  const where = channel(row.channel_id)?.label;
  const when = isFailed ? t("Not sent") : soon(send_at);
  return html`<li class=${isFailed ? "bad" : ""} data-testid="scheduled" data-state=${state}>
    <${Icon} name=${isFailed ? "triangle-alert" : "alarm-clock"} /><b title=${full(send_at)}>${when}</b>
    <span dir="auto" title=${[author.name, where].filter(Boolean).join(" · ")}>${icon && html`<${Icon} name=${icon} />`}${line}
      ${isFailed && html`<small role="alert">${error.detail}</small>`}</span>
    ${button(t("Change"), "pencil", edit)}${button(t("Send now"), "send", () => act(id, () => post(path(row, "/dispatch"), {})))}
    ${button(t("Cancel"), "x", () => act(id, () => remove(path(row))))}</li>`;
}

/** The messages of a conversation that wait for their time, or could not leave. */
export function Scheduled({ id }) {
  const count = thread(id).value.scheduled_count;
  const isNews = ({ event }) => /^thread\.message_/.test(event?.type);
  useEffect(() => { load(id); }, [id, count]);
  useEffect(() => onArrival((entry, where) => where === id && isNews(entry) && load(id)), [id]);
  const rows = lists.value[id] || [];
  return rows.length > 0 && html`<ul class="scheduled" aria-label=${t("Messages that leave later")}>
    ${rows.map((row) => html`<${Row} key=${row.id} id=${id} row=${row} />`)}</ul>`;
}
