// What an agent does to a conversation: shown at once as a guess, then made true or taken back.
import { dropToast, go, newRef, prefs, route, t, toast } from "./base.js";
import { post, put, remove } from "./server.js";
import { neighbour } from "./lists.js";
import { clearDraft, draftOf, judge } from "./drafts.js";
import { closes, left, send, takeBack, toClose } from "./outbox.js";
import { barred, channelOf, slotOf, whereTo } from "./places.js";
import { isTypingIn } from "./presence.js";
import { apply, directory, findMessage, isMine, member, session, team, thread, timeline } from "./store.js";
import { whoIs } from "./text.js";

const row = (id) => thread(id).peek();
const forget = (id, key) => apply({ type: "page.guess", data: { id, key, patch: null } });
export const oops = (problem) => toast(problem.detail, { tone: "danger" });

// Thread id → the last request about it.
const turns = new Map();

/** One after the other: of two at once the server might hear the second first. */
function inTurn(id, ask) {
  const mine = (turns.get(id) || Promise.resolve()).then(ask, ask);
  turns.set(id, mine);
  return mine;
}

/** Show patch at once, ask the server, then believe its answer. undo: {text, run} for the toast, which goes when the
    server would not or could not: then another one says what was not done, and does it once more. */
export async function change(id, patch, ask, undo) {
  const key = newRef();
  apply({ type: "page.guess", data: { id, key, patch } });
  const told = undo && toast(undo.text, { action: { label: t("Undo"), run: undo.run } });
  try { apply({ type: "loaded.thread", data: await inTurn(id, ask) }); } catch ({ message: why }) {
    dropToast(told);
    const action = { label: t("Try again"), run: () => change(id, patch, ask, undo) };
    if (why) toast(undo ? t("Not done: {what}. {why}", { what: undo.text, why }) : why, { tone: "danger", action });
  }
  forget(id, key);
}

const nameOf = (id) => whoIs(row(id)?.customer || {});

/** Give a conversation to a person and a team; either may be null. */
export function assign(id, { assignee_id, team_id }, { quiet } = {}) {
  const old = { assignee_id: row(id).assignee_id, team_id: row(id).team_id };
  const to = member(assignee_id)?.name || team(team_id)?.name;
  const names = { name: nameOf(id), to };
  const words = to ? t("{name} assigned to {to}", names) : t("{name} is unassigned", names);
  const next = { assignee_id: assignee_id ?? null, team_id: team_id ?? null };
  const undo = quiet ? null : { text: words, run: () => assign(id, old, { quiet: true }) };
  return change(id, next, () => put(`threads/${id}/assignment`, next), undo);
}

export const assignToMe = (id) => assign(id, { assignee_id: session.peek().me.id, team_id: row(id).team_id });

/** What to open when a conversation leaves the list: the next or the previous one, or this one still. */
const successor = (id) => ({ next: neighbour(id), previous: neighbour(id, -1), stay: id })[prefs.peek().after];

/** After a conversation left the list, another one is opened; on a narrow page the list is. */
function moveOn(id, next) {
  if (route.peek().thread !== id || next === id) return;
  go({ thread: matchMedia("(max-width: 799px)").matches ? null : next });
}

/** Look now what follows a conversation; call what this gives once it has left the list. */
export function leaving(id) {
  const next = successor(id);
  return () => moveOn(id, next);
}

/** Close on the server what every answer has left: it takes none for a closed conversation. */
async function closeAfterAnswers(id) {
  closes(id, true);
  const why = await left(id);
  if (why !== null) throw new Error(why);
  return put(`threads/${id}/closure`, {});
}

/** Go on with what was to be closed when the page was left. */
export function goOnClosing() {
  const done = (data) => apply({ type: "loaded.thread", data });
  for (const id of toClose()) closeAfterAnswers(id).then(done, ({ message: why }) => why && toast(why, { tone: "danger" }));
}

/** next: what to open then, if not what the person prefers. */
export function close(id, { next = successor(id) } = {}) {
  const patch = { status: "closed", snoozed_until: null, closed_at: new Date().toISOString() };
  const undo = { text: t("{name} closed", { name: nameOf(id) }), run: () => reopen(id, { show: true }) };
  moveOn(id, next);
  return change(id, patch, () => closeAfterAnswers(id), undo);
}

export function reopen(id, { show } = {}) {
  if (show) go({ thread: id });
  closes(id, false);
  return change(id, { status: "open", closed_at: null }, () => remove(`threads/${id}/closure`));
}

export const closeOrReopen = (id) => (row(id).status === "closed" ? reopen(id) : close(id));

/** until: ISO time or null for "until they answer". */
export function snooze(id, until) {
  const next = successor(id);
  const undo = { text: t("{name} snoozed", { name: nameOf(id) }), run: () => { wake(id); go({ thread: id }); } };
  moveOn(id, next);
  const body = { until, wake_on_reply: true };
  const patch = { status: "snoozed", snoozed_until: until, wake_on_reply: true };
  return change(id, patch, () => put(`threads/${id}/snooze`, body), undo);
}

export const wake = (id) => change(id, { status: "open", snoozed_until: null }, () => remove(`threads/${id}/snooze`));

export const PRIORITIES = {
  urgent: () => t("Urgent"), high: () => t("High"), normal: () => t("Normal"), low: () => t("Low"),
  none: () => t("None"),
};

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
    apply({ type: "message.retried", data: { ...data, message_id: data.id } });
  } catch (problem) { oops(problem); }
}

// ---------------------------------------------------------------- answering

/** The quoted message as fully as it is known here. */
export const quoteOf = (id, quote) => quote && (findMessage(id, quote.id) || quote);

/** Whose words a quoted message holds. */
export function whoSaid(id, { direction, author }) {
  if (author?.name || direction === "outbound") return author?.name || session.value.tenant.name;
  return direction ? thread(id).value.customer.name : t("Quoted message");
}

/** The places of a saved reply that nobody filled. */
export const gapsIn = (text) => text.match(/\{\{\s*(customer|agent|workspace)\.[^{}\n]+\}\}/g) || [];

/** Why a reply cannot go now, or "". */
export function obstacle(id, where, { text, files }) {
  const limits = where?.limits;
  const tooMany = limits ? text.length - limits.text_chars : 0;
  const isIn = (state) => files.some((file) => file.state === state);
  if (isIn("uploading")) return t("A file is still on its way up. Send when it is there.");
  if (isIn("failed")) return t("A file could not be uploaded. Try it again or remove it.");
  const bar = where && barred(id, where);
  if (bar) return bar;
  const [gap] = gapsIn(text);
  if (gap) return t("Fill in {place} first: it is not known for this customer.", { place: gap });
  if (tooMany > 0) return t("The text has {n} characters too many.", { n: tooMany });
  const asFile = ({ name, size, attachment: { mime } }) => ({ name, size, type: mime });
  const refusal = (file) => judge(asFile(file), limits, where.name).problem;
  return limits ? files.map(refusal).find(Boolean) || "" : "";
}

/** What a bubble shows of its quote before the server has answered. */
function quoted(id, quote) {
  const message = quoteOf(id, quote);
  if (!message) return {};
  const { id: key, text = "", kind = "text", direction } = message;
  return { reply_to: { id: key, text, kind, direction, author: whoSaid(id, message) } };
}

const NO_CAPTION = ["audio", "voice", "sticker"];

/** What a draft becomes, as [body, show] of each: one message per file, the text as the first one's caption where it
    can be one; else a message of its own. */
export function messagesOf(id, where, { text, files, quote, seen: seen_message_id }) {
  const words = text.trim();
  const most = where?.limits?.caption_chars ?? 0;
  const all = { seen_message_id, ...whereTo(id, where?.id ?? null) };
  const isCaption = files[0] && !NO_CAPTION.includes(files[0].kind) && words.length <= most;
  const found = files.map(({ kind, attachment }, i) => [
    { text: !i && isCaption ? words : "", attachment_ids: [attachment.id], ...all }, { kind, attachments: [attachment] },
  ]);
  if (words && !isCaption) found.push([{ text: words, ...all }, {}]);
  if (quote) found[0] = [{ ...found[0][0], reply_to: quote.id }, { ...found[0][1], ...quoted(id, quote) }];
  return found;
}

/** Members and teams named with @ in a note, by id. */
function mentionsIn(text) {
  const { members, teams } = directory.peek();
  const named = (rows) => rows.filter((one) => text.includes(`@${one.name}`)).map((one) => one.id);
  return { mentions: named(members), teams: named(teams) };
}

/** A colleague's answer that came after a draft was begun, or undefined. */
export function answeredSince(id, seen) {
  const entries = timeline(id).peek()?.entries || [];
  const at = entries.findIndex((entry) => entry.id === seen);
  const isTheirs = ({ message }) => message?.direction === "outbound" && message.author?.kind === "member"
    && !isMine(message.author.id);
  return at < 0 ? undefined : entries.slice(at + 1).findLast(isTheirs)?.message;
}

/** Send what a draft holds. Returns "" when it went, why it could not, or null when there was nothing. */
export function sendDraft(id, mode) {
  const slot = slotOf(id, mode);
  const draft = draftOf(id, slot).peek();
  if (!draft.text.trim() && !draft.files.length) return null;
  const why = mode === "reply" ? obstacle(id, channelOf(slot), draft) : "";
  if (why) return why;
  if (mode === "note") send(id, "note", { text: draft.text.trim(), ...mentionsIn(draft.text) });
  else messagesOf(id, channelOf(slot), draft).forEach(([body, show]) => send(id, "reply", body, show));
  isTypingIn(null);
  clearDraft(id, slot);
  const wait = mode === "reply" && prefs.peek().undo;
  if (wait) toast(t("Goes out in {n} s", { n: wait }), { action: { label: t("Undo"), run: () => takeBack(id) } });
  return "";
}
