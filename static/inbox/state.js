// The server's truth as this page knows it: what is kept, and how it is read. Only store.js writes to it.
import { Table, hearers, signal } from "./base.js";

// {me, tenant, version, phone_url}
export const session = signal(null);
// The last event number this state contains
export const progress = { head: 0 };
export const directory = signal({ members: [], teams: [], labels: [], inboxes: [], channels: [] });
export const views = signal([]);
// Thread rows as the server last said
export const truth = new Table();
// The same with this page's guesses on top
export const threads = new Table();
export const [customers, timelines, drafts] = [new Table(), new Table(), new Table()];
// Thread id → [{key, patch}]
export const guesses = new Map();

/** Hears (thread id) after each change of a thread row. */
export const [onThread, tellThread] = hearers();
/** Hears (entry, thread id) of each live addition to a thread. */
export const [onArrival, tellArrival] = hearers();
/** Hears every message that is sent, and what this store keeps nothing of. */
export const [onOther, tellOther] = hearers();

export const thread = (id) => threads.cell(id);
export const customer = (id) => customers.cell(id);
export const timeline = (id) => timelines.cell(id);
export const draft = (id, slot) => drafts.cell(`${id}:${slot}`);
export const isMine = (id) => Boolean(id) && id === session.peek()?.me.id;
export const byId = (rows, id) => rows.find((row) => row.id === id);
export const member = (id) => byId(directory.value.members, id);
export const team = (id) => byId(directory.value.teams, id);
export const channel = (id) => byId(directory.value.channels, id);
export const unreadOf = (row) => Math.max(0, (row.inbound_count || 0) - (row.read_count ?? row.inbound_count ?? 0));
/** The message with this id in a thread's loaded timeline. */
export const findMessage = (threadId, id) => byId(timelines.get(threadId)?.entries || [], id)?.message;

/** Under which name a draft of the server's is kept: a reply without a channel is one for where the thread answers. */
export function draftKey({ thread_id: id, mode, channel_id: where }) {
  const place = where || truth.get(id)?.channel?.id || "";
  return `${id}:${mode === "note" ? mode : `reply.${place}`}`;
}

/** Show a thread row as it is now, this page's guesses on top. */
export function show(id) {
  const row = truth.get(id);
  if (!row) return;
  threads.set(id, (guesses.get(id) || []).reduce((shown, { patch }) => ({ ...shown, ...patch }), row));
  tellThread(id);
}
