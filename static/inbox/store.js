// The one writer of what this page knows of the server: `apply`; REST answers go through it too.
// Applying anything twice equals applying it once, so a replayed event or a late answer does no harm.
import { batch } from "./base.js";
import { excess, heardFrom, insertEntry, laterSnippet, mapMessage, mergeMessage, mergePage, withBlock, withConsent, withStatus } from "./entries.js";
import {
  byId, customers, directory, draftKey, drafts, guesses, isMine, progress, session, show, tellArrival, tellOther, threads, timelines, truth, views,
} from "./state.js";

export {
  channel, customer, directory, draft, findMessage, isMine, member, onArrival, onOther, onThread, progress, session, team, thread,
  timeline, unreadOf, views,
} from "./state.js";

const marks = new Map(); // thread id → the tick at which this member's own fields (read_count, draft) last changed
const opened = []; // ids of the threads whose timeline is kept, the latest last
const MEMBER_FIELDS = ["read_count", "draft", "mentioned"];
let [tick, viewsHead] = [0, -1];

/** Take this before asking the server and hand it in as `asked`: an answer never overrules what came later. */
export const asking = () => tick;

/** What only this member sees of a thread; events leave it out. `partial`: it was never read. */
function memberFields(next, old, { asked = Infinity, type = "" }) {
  const isNew = type === "thread.opened" || next.inbound_count <= 1;
  const own = { partial: !("read_count" in next) && (old ? old.partial : !isNew) };
  const isLate = old && asked < (marks.get(next.id) ?? -1);
  for (const field of MEMBER_FIELDS) {
    if (field in next && !isLate) own[field] = next[field];
    else if (old) own[field] = old[field];
  }
  own.read_count ??= own.partial ? Math.max(0, next.inbound_count - 1) : 0;
  return { mentioned: false, draft: null, ...own };
}

/** Keep the higher version. */
function putThread(next, how = {}) {
  const old = truth.get(next.id);
  const own = memberFields(next, old, how);
  const newer = () => ({ ...old, ...next, last_message: laterSnippet(old?.last_message, next.last_message) });
  truth.set(next.id, { ...(old && next.version < old.version ? old : newer()), ...own });
  show(next.id);
}

function patchThread(id, patch) {
  truth.update(id, (row) => ({ ...row, ...patch }));
  show(id);
}

function putCustomer(next) {
  const old = customers.get(next.id);
  if (old && next.version < old.version) return;
  customers.set(next.id, { ...old, ...next }); // an event leaves `reach` out
  const theirs = truth.entries().filter(([, row]) => row.customer.id === next.id && row.customer.name !== next.name);
  for (const [id, row] of theirs) patchThread(id, { customer: { ...row.customer, name: next.name } });
}

function putRead({ thread_id: id, read_count }) {
  marks.set(id, tick);
  patchThread(id, { read_count });
}

function putDraft(next, gone = false) {
  const key = draftKey(next);
  const old = drafts.get(key);
  const at = next.updated_at;
  if (old && at && (old.gone ? old.updated_at >= at : old.updated_at > at)) return;
  const nothing = { text: "", attachments: [], reply_to: null, gone: true, updated_at: at || old?.updated_at };
  drafts.set(key, gone ? { ...next, ...nothing } : next);
  marks.set(next.thread_id, tick);
  const mine = drafts.entries().filter(([where, one]) => where.startsWith(next.thread_id) && one.text);
  const since = ([, one]) => one.updated_at || "9"; // not kept yet: the newest
  patchThread(next.thread_id, { draft: mine.sort((a, b) => (since(a) < since(b) ? 1 : -1))[0]?.[1].text ?? null });
}

/** Change a loaded timeline; while one is still loading, keep the event to apply it after the answer. */
function editTimeline(threadId, event, edit) {
  const isEmpty = (line) => line.state === "loading" && !line.entries.length;
  timelines.update(threadId, (line) => (isEmpty(line) ? { ...line, late: [...line.late, event] } : edit(line)));
}

function addEntry(threadId, type, row, event) {
  const entry = { type, id: row.id, at: row.at, [type]: row };
  const isKnown = byId(timelines.get(threadId)?.entries || [], entry.id);
  editTimeline(threadId, event, (line) => insertEntry(line, entry));
  if (!isKnown && event.seq) tellArrival(entry, threadId);
}

/** A message that came, was queued by anybody, or is the answer to our own send (then without its thread). */
function newMessage(event) {
  const { message, thread: row } = event.data;
  if (message.number) customers.update(message.customer_id, (one) => heardFrom(one, message, row));
  addEntry(message.thread_id, "message", message, event);
  if (row) putThread(row, event);
  if (event.seq) tellOther(event);
}

function newNote(event) {
  const { note, thread: row } = event.data;
  addEntry(note.thread_id, "note", note, event);
  if (row) putThread({ ...row, ...(note.mentions.some(isMine) ? { mentioned: true } : {}) }, event);
}

function dropNote(event) {
  const { note_id: id, thread_id: where, thread: row } = event.data;
  editTimeline(where, event, (line) => ({ ...line, entries: line.entries.filter((entry) => entry.id !== id) }));
  putThread(row, event);
}

function changeMessage(event) {
  const { message, thread: row } = event.data;
  if (row) putThread(row, event);
  editTimeline(message.thread_id, event, (line) => mapMessage(line, message.id, (old) => mergeMessage(old, message)));
  const last = truth.get(message.thread_id)?.last_message;
  if (last?.id === message.id) patchThread(message.thread_id, { last_message: { ...last, text: message.revoked_at ? "" : message.text, revoked_at: message.revoked_at } });
}

function changeStatus(event) {
  const { message_id: id, thread_id: threadId } = event.data;
  const news = { ...event.data, forced: event.type === "message.retried" };
  editTimeline(threadId, event, (line) => mapMessage(line, id, (old) => withStatus(old, news)));
  const last = truth.get(threadId)?.last_message;
  if (last?.id === id) patchThread(threadId, { last_message: { ...last, status: withStatus(last, news).status } });
}

function changeThread(event) {
  const { thread: row, scheduled_message: late } = event.data;
  const isTold = event.type === "thread.message_unsent" && isMine(late.author.id);
  putThread(isTold ? { ...row, mentioned: true } : row, event);
  addEntry(event.data.thread.id, "event", event, event);
}

function putTimeline({ thread_id: id, page, side = "all" }, asked) {
  const line = timelines.get(id);
  timelines.set(id, { ...mergePage(line, page, side, asked), state: "ready", late: [] });
  for (const event of line?.late || []) apply({ ...event, seq: undefined });
}

/** Let go of a thread's rows, and of its customer where no other thread that is kept is theirs. */
function letGo(id) {
  timelines.set(id, undefined);
  const person = truth.get(id)?.customer.id;
  if (person && !opened.some((one) => truth.get(one)?.customer.id === person)) customers.set(person, undefined);
}

/** Remember that a thread is being looked at, and let go of those nobody looked at for longest. */
function openTimeline({ id }) {
  opened.splice(0, opened.length, ...opened.filter((one) => one !== id), id);
  const fresh = { state: "loading", entries: [], pages: [], late: [], missed: [], has_before: false, has_after: false };
  if (!timelines.get(id)) timelines.set(id, fresh);
  opened.splice(0, excess(opened.map((one) => timelines.get(one)?.entries.length || 0))).forEach(letGo);
}

function bootstrap({ me, tenant, head, version, phone_url, members, teams, labels, inboxes, channels, ...data }) {
  progress.head = head;
  session.value = { me, tenant, version: session.peek()?.version || version, phone_url };
  directory.value = { members, teams, labels, inboxes, channels };
  putViews({ data: data.views, teams: data.team_counts, head });
  for (const row of data.threads.data) putThread(row);
  if (data.thread) putThread(data.thread.thread);
  for (const one of data.drafts) putDraft(one);
  const kept = new Set(data.drafts.map(draftKey));
  const lost = drafts.entries().filter(([key, old]) => !old.gone && !kept.has(key));
  lost.forEach(([, old]) => putDraft({ ...old, updated_at: undefined }, true));
  if (!data.thread) return;
  putCustomer(data.thread.customer);
  openTimeline({ id: data.thread.thread.id });
  putTimeline({ thread_id: data.thread.thread.id, page: data.thread.timeline });
}

/** After a gap too long to replay: drop what was not read again. */
function forget({ but, keep }) {
  for (const [id] of timelines.entries()) if (id !== but) timelines.set(id, undefined);
  for (const table of [truth, threads]) {
    for (const [id] of table.entries()) if (id !== but && !keep.has(id)) table.set(id, undefined);
  }
}

/** A team is among the views by its id. */
function putViews({ data, teams, head }) {
  if (head >= viewsHead) views.value = [...data, ...teams.map(({ id, ...counts }) => ({ key: id, ...counts }))];
  viewsHead = Math.max(head, viewsHead);
}

function putGuess({ id, key, patch }) {
  const others = (guesses.get(id) || []).filter((one) => one.key !== key);
  guesses.set(id, patch ? [...others, { key, patch }] : others);
  show(id);
}

const putIn = (name, rows) => { directory.value = { ...directory.peek(), [name]: rows }; };
const renew = (name, row) => putIn(name, [...directory.peek()[name].filter((one) => one.id !== row.id), row]);

/** What each thing that can happen does to the state. `loaded.*` are answers, `page.*` this page's own moves. */
const HANDLERS = {
  "message.received": newMessage,
  "message.queued": newMessage,
  "note.added": newNote,
  "note.removed": dropNote,
  "thread.seen": ({ data }) => putRead(data),
  "draft.saved": ({ data }) => putDraft(data.draft),
  "draft.discarded": ({ data }) => putDraft(data.draft, true),
  "consent.changed": ({ data }) => customers.update(data.customer.id, (one) => withConsent(one, data)),
  "customer.blocked": ({ data }) => customers.update(data.customer.id, (one) => withBlock(one, data, true)),
  "customer.unblocked": ({ data }) => customers.update(data.customer.id, (one) => withBlock(one, data, false)),
  "customer.updated": ({ data }) => putCustomer(data.customer),
  "customer.merged": ({ data }) => putCustomer(data.customer),
  "customer.split": ({ data }) => { putCustomer(data.customer); putCustomer(data.other); },
  "channel.updated": ({ data }) => renew("channels", data.channel),
  "member.updated": ({ data }) => renew("members", data.member),
  "loaded.bootstrap": ({ data }) => bootstrap(data),
  "loaded.threads": (event) => event.data.data.forEach((row) => putThread(row, event)),
  "loaded.thread": (event) => putThread(event.data, event),
  "loaded.timeline": ({ data, asked }) => putTimeline(data, asked),
  "loaded.customer": ({ data }) => putCustomer(data),
  "loaded.views": ({ data }) => putViews(data),
  "loaded.message": newMessage,
  "loaded.note": newNote,
  "loaded.draft": ({ data }) => putDraft(data),
  "page.open": ({ data }) => openTimeline(data),
  "page.timeline": ({ data: { id, ...patch } }) => timelines.update(id, (line) => ({ ...line, ...patch })),
  "page.forget": ({ data }) => forget(data),
  "page.guess": ({ data }) => putGuess(data),
  "page.labels": ({ data }) => putIn("labels", data),
};

function handlerOf(type) {
  if (HANDLERS[type]) return HANDLERS[type];
  if (/^message\.(edited|revoked|attached|reacted)$/.test(type)) return changeMessage;
  if (type.startsWith("message.")) return changeStatus;
  if (type.startsWith("thread.")) return changeThread;
  if (type.startsWith("watch.")) return (event) => putThread(event.data.thread, event);
  return tellOther; // a newer server may tell of things this page does not know yet
}

/** Apply one event or answer. event: {type, data, seq?, asked?, …} as on the wire. */
export function apply(event) {
  tick += 1;
  batch(() => handlerOf(event.type)(event));
}

/** Everything the server owns, as plain data: two pages that know the same must give the same. */
export function snapshot() {
  const plain = (table) => Object.fromEntries(table.entries());
  const bare = ({ entries }) => entries.map((entry) => ({ ...entry, event: undefined }));
  const lines = timelines.entries().map(([id, line]) => [id, bare(line)]);
  return JSON.parse(JSON.stringify({
    head: progress.head, me: session.peek()?.me, views: views.peek(), directory: directory.peek(),
    threads: plain(truth), customers: plain(customers), timelines: Object.fromEntries(lines), drafts: plain(drafts),
  }));
}
