// The server's truth as this page knows it. `apply` is its only writer; REST answers go through it too.
// Applying anything twice equals applying it once, so a replayed event or a late answer does no harm.
import { batch, signal } from "./base.js";
import { insertEntry, mapEntries, mergeMessage, mergePage, withStatus } from "./entries.js";

/** Signals by id: one cell per row, so a change redraws that row alone. */
class Table {
  #cells = new Map();
  cell(id) {
    if (!this.#cells.has(id)) this.#cells.set(id, signal(undefined));
    return this.#cells.get(id);
  }
  get(id) { return this.#cells.get(id)?.peek(); }
  set(id, value) { this.cell(id).value = value; }
  entries() { return [...this.#cells].map(([id, cell]) => [id, cell.peek()]).filter(([, value]) => value !== undefined); }
}

export const session = signal(null); // {me, tenant, version, phone_url}
export const progress = { head: 0 }; // the last event number this state contains
export const directory = signal({ members: [], teams: [], labels: [], inboxes: [], channels: [] });
export const views = signal([]);
const truth = new Table(); // thread rows as the server last said
const threads = new Table(); // the same with this page's guesses on top
const customers = new Table();
const timelines = new Table();
const drafts = new Table();
const guesses = new Map(); // thread id → [{key, patch}]
const marks = new Map(); // what this member's fields (read_count, draft) were last told, as ticks of `tick`
let tick = 0;
let viewsHead = -1;
const KEEP = 40; // timelines kept in memory
const opened = []; // thread ids, the latest last

/** Called with (thread id, event type) after each change of a thread row; lists and counts listen. */
const listeners = new Set();
export const onThread = (fn) => { listeners.add(fn); return () => listeners.delete(fn); };
const arrivals = new Set();
/** Called with (entry, thread id) for each live addition to a thread, whether its timeline is loaded or not. */
export const onArrival = (fn) => { arrivals.add(fn); return () => arrivals.delete(fn); };

export const thread = (id) => threads.cell(id);
export const customer = (id) => customers.cell(id);
export const timeline = (id) => timelines.cell(id);
export const draft = (id, mode) => drafts.cell(`${id}:${mode}`);
export const allThreads = () => threads.entries().map(([, row]) => row);
/** Take this before asking the server and hand it in as `asked`: an answer never overrules what came later. */
export const asking = () => tick;
export const isMine = (id) => Boolean(id) && id === session.peek()?.me.id;
export const member = (id) => directory.value.members.find((one) => one.id === id);
export const team = (id) => directory.value.teams.find((one) => one.id === id);
export const channel = (id) => directory.value.channels.find((one) => one.id === id);
export const unreadOf = (row) => Math.max(0, (row.inbound_count || 0) - (row.read_count ?? row.inbound_count ?? 0));

/** The message with this id in a thread's loaded timeline. */
export const findMessage = (threadId, id) => timelines.get(threadId)?.entries.find((entry) => entry.id === id)?.message;

function show(id, type) {
  const row = truth.get(id);
  if (!row) return;
  threads.set(id, (guesses.get(id) || []).reduce((seen, guess) => ({ ...seen, ...guess.patch }), row));
  for (const fn of listeners) fn(id, type);
}

const MEMBER_FIELDS = ["read_count", "draft", "mentioned"];

/** Keep the higher version; fields of this member that an event leaves out stay as they were. */
function putThread(next, { asked = Infinity, type = "" } = {}) {
  const old = truth.get(next.id);
  const own = { partial: !("read_count" in next) && (old ? old.partial : !type.startsWith("thread.opened") && next.inbound_count > 1) };
  for (const field of MEMBER_FIELDS) {
    const late = old && asked < (marks.get(next.id) ?? -1);
    if (field in next && !late) own[field] = next[field];
    else if (old) own[field] = old[field];
  }
  own.read_count ??= own.partial ? Math.max(0, next.inbound_count - 1) : 0;
  own.mentioned ??= false;
  own.draft ??= null;
  const base = old && next.version < old.version ? old : { ...old, ...next };
  const last = old && base !== old && laterSnippet(old.last_message, base.last_message);
  truth.set(next.id, { ...base, ...(last ? { last_message: last } : {}), ...own });
  show(next.id, type);
}

/** Of two snippets of one message, the status that rose further. */
function laterSnippet(old, next) {
  if (!old || !next || old.id !== next.id) return next;
  return { ...next, status: withStatus(old, { status: next.status }).status };
}

function patchThread(id, patch, type) {
  if (!truth.get(id)) return;
  truth.set(id, { ...truth.get(id), ...patch });
  show(id, type);
}

function putCustomer(next) {
  const old = customers.get(next.id);
  if (old && next.version < old.version) return;
  customers.set(next.id, { ...old, ...next }); // an event leaves `reach` out
  for (const [id, row] of truth.entries()) {
    if (row.customer.id === next.id && row.customer.name !== next.name) patchThread(id, { customer: { ...row.customer, name: next.name } });
  }
}

/** Change a loaded timeline; while one is still loading, keep the event to apply it after the answer. */
function editTimeline(threadId, event, edit) {
  const line = timelines.get(threadId);
  if (!line) return;
  if (line.state === "loading" && !line.entries.length) timelines.set(threadId, { ...line, late: [...line.late, event] });
  else timelines.set(threadId, edit(line));
}

function addEntry(threadId, entry, event) {
  const known = timelines.get(threadId)?.entries.some((one) => one.id === entry.id);
  editTimeline(threadId, event, (line) => insertEntry(line, entry));
  if (!known && event.seq) for (const fn of arrivals) fn(entry, threadId);
}

const addMessage = (event) => {
  const { message } = event.data;
  addEntry(message.thread_id, { type: "message", id: message.id, at: message.at, message }, event);
};

function changeMessage(event) {
  const { message } = event.data;
  const change = (entry) => (entry.id === message.id ? { ...entry, message: mergeMessage(entry.message, message) } : entry);
  editTimeline(message.thread_id, event, (line) => mapEntries(line, change));
  const row = truth.get(message.thread_id);
  if (row?.last_message?.id === message.id && message.revoked_at) patchThread(row.id, { last_message: { ...row.last_message, text: "", revoked_at: message.revoked_at } }, event.type);
}

function changeStatus(event) {
  const { data } = event;
  const news = { ...data, forced: event.type === "message.retried" };
  const change = (entry) => (entry.id === data.message_id ? { ...entry, message: withStatus(entry.message, news) } : entry);
  editTimeline(data.thread_id, event, (line) => mapEntries(line, change));
  const last = truth.get(data.thread_id)?.last_message;
  if (last?.id === data.message_id) patchThread(data.thread_id, { last_message: { ...last, ...withStatus(last, news), id: last.id, at: last.at } }, event.type);
}

function changeThread(event) {
  putThread(event.data.thread, { type: event.type });
  if (event.type !== "thread.updated") addEntry(event.data.thread.id, { type: "event", id: event.id, at: event.at, event }, event);
}

function seen({ thread_id: id, read_count: count }) {
  marks.set(id, tick);
  patchThread(id, { read_count: count }, "thread.seen");
}

function putDraft(next, gone = false) {
  const key = `${next.thread_id}:${next.mode}`;
  const old = drafts.get(key);
  const isOld = old && next.updated_at && (old.gone ? old.updated_at >= next.updated_at : old.updated_at > next.updated_at);
  if (isOld) return;
  const nothing = { text: "", attachments: [], reply_to: null, gone: true, updated_at: next.updated_at || old?.updated_at };
  drafts.set(key, gone ? { ...next, ...nothing } : next);
  marks.set(next.thread_id, tick);
  const texts = ["reply", "note"].map((mode) => drafts.get(`${next.thread_id}:${mode}`)?.text).filter(Boolean);
  patchThread(next.thread_id, { draft: texts[0] ?? null }, "draft");
}

function putTimeline({ thread_id: id, page, side = "all", asked }) {
  const line = timelines.get(id);
  const merged = mergePage(line, page, side, asked);
  timelines.set(id, { ...merged, state: "ready", late: [] });
  for (const event of line?.late || []) apply({ ...event, seq: undefined });
}

/** Remember that a thread is being looked at, and let go of the timelines nobody looked at for longest. */
function openTimeline({ id }) {
  if (opened.includes(id)) opened.splice(opened.indexOf(id), 1);
  opened.push(id);
  if (!timelines.get(id)) timelines.set(id, { state: "loading", entries: [], pages: [], late: [], missed: [], has_before: false, has_after: false });
  while (opened.length > KEEP) timelines.set(opened.shift(), undefined);
}

function bootstrap(data) {
  progress.head = data.head;
  session.value = { me: data.me, tenant: data.tenant, version: session.peek()?.version || data.version, phone_url: data.phone_url };
  directory.value = { members: data.members, teams: data.teams, labels: data.labels, inboxes: data.inboxes, channels: data.channels };
  putViews({ data: data.views, head: data.head });
  for (const row of data.threads.data) putThread(row);
  for (const one of data.drafts) putDraft(one);
  const kept = new Set(data.drafts.map((one) => `${one.thread_id}:${one.mode}`));
  for (const [key, old] of drafts.entries()) if (!old.gone && !kept.has(key)) putDraft({ ...old, updated_at: undefined }, true);
  if (!data.thread) return;
  putThread(data.thread.thread);
  putCustomer(data.thread.customer);
  openTimeline({ id: data.thread.thread.id });
  putTimeline({ thread_id: data.thread.thread.id, page: data.thread.timeline });
}

/** After a gap too long to replay: drop what was not read again. */
function forget({ but, keep }) {
  for (const [id] of timelines.entries()) if (id !== but) timelines.set(id, undefined);
  for (const [id] of truth.entries()) if (id !== but && !keep.has(id)) { truth.set(id, undefined); threads.set(id, undefined); }
}

function putViews({ data, head }) {
  if (head < viewsHead) return;
  viewsHead = head;
  views.value = data;
}

function guess({ id, key, patch }) {
  guesses.set(id, [...(guesses.get(id) || []).filter((one) => one.key !== key), ...(patch ? [{ key, patch }] : [])]);
  show(id, "guess");
}

const replaceIn = (name, row) => {
  const rows = directory.peek()[name];
  const next = rows.some((one) => one.id === row.id) ? rows.map((one) => (one.id === row.id ? { ...one, ...row } : one)) : [...rows, row];
  directory.value = { ...directory.peek(), [name]: next };
};

/** What each thing that can happen does to the state. `loaded.*` are answers, `page.*` this page's own moves. */
const HANDLERS = {
  "message.received": (event) => { addMessage(event); putThread(event.data.thread, event); },
  "message.queued": (event) => { addMessage(event); if (event.data.thread) putThread(event.data.thread, event); },
  "note.added": (event) => {
    const { note } = event.data;
    addEntry(note.thread_id, { type: "note", id: note.id, at: note.at, note }, event);
    putThread({ ...event.data.thread, ...(note.mentions.some(isMine) ? { mentioned: true } : {}) }, event);
  },
  "thread.seen": (event) => seen(event.data),
  "draft.saved": (event) => putDraft(event.data.draft),
  "draft.discarded": (event) => putDraft(event.data.draft, true),
  "customer.updated": (event) => putCustomer(event.data.customer),
  "channel.updated": (event) => replaceIn("channels", event.data.channel),
  "member.updated": (event) => replaceIn("members", event.data.member),
  "loaded.bootstrap": (event) => bootstrap(event.data),
  "loaded.threads": (event) => event.data.data.forEach((row) => putThread(row, event)),
  "loaded.thread": (event) => putThread(event.data, event),
  "loaded.timeline": (event) => putTimeline({ ...event.data, asked: event.asked }),
  "loaded.customer": (event) => putCustomer(event.data),
  "loaded.views": (event) => putViews(event.data),
  "loaded.message": (event) => { addMessage({ ...event, data: { message: event.data } }); },
  "loaded.note": (event) => addEntry(event.data.thread_id, { type: "note", id: event.data.id, at: event.data.at, note: event.data }, event),
  "loaded.draft": (event) => putDraft(event.data),
  "page.open": (event) => openTimeline(event.data),
  "page.failed": (event) => editTimeline(event.data.id, event, (line) => ({ ...line, state: "error" })),
  "page.reread": ({ data: { id } }) => { if (timelines.get(id)) timelines.set(id, { ...timelines.get(id), stale: true }); },
  "page.forget": (event) => forget(event.data),
  "page.guess": (event) => guess(event.data),
  "page.labels": (event) => { directory.value = { ...directory.peek(), labels: event.data }; },
};

function handler(type) {
  if (HANDLERS[type]) return HANDLERS[type];
  if (/^message\.(edited|revoked|attached|reacted)$/.test(type)) return changeMessage;
  if (type.startsWith("message.")) return changeStatus;
  if (type.startsWith("thread.")) return changeThread;
  return () => {}; // a newer server may tell of things this page does not know yet
}

/** Apply one event or answer. event: {type, data, seq?, asked?, …} as on the wire. */
export function apply(event) {
  tick += 1;
  batch(() => handler(event.type)(event));
}

const sorted = (table) => Object.fromEntries(table.entries().sort(([a], [b]) => (a < b ? -1 : 1)));

/** Everything the server owns, as plain data: two pages that know the same must give the same. */
export function snapshot() {
  const lines = timelines.entries().map(([id, line]) => [id, line.entries.map(({ event, ...entry }) => entry)]);
  return JSON.parse(JSON.stringify({
    head: progress.head, me: session.peek()?.me, views: views.peek(), directory: directory.peek(), threads: sorted(truth),
    customers: sorted(customers), timelines: Object.fromEntries(lines.sort()), drafts: sorted(drafts),
  }));
}
