// The only writer of what the server owns. Feed events and answers of calls all come through here; twice equals once.
import { batch } from "@preact/signals";
import { chatKey, chats, links, numbers, phones, place, settled, threads, voiceCalls, watched, wire } from "./state.js";

// Waiting, sent and failed may follow each other while a webhook is tried again; delivered and read only rise.
const RANK = { delivered: 1, read: 2, played: 3 };
const WIRE_KEPT = 400;
const ROWS_KEPT = 400;
const appliers = {
  message: ({ data }) => putMessage(data),
  answer: ({ data }) => putMessage(data, { isAnswer: true }),
  status: ({ data }) => changeMessage(data, (m) => raised(m, data)),
  reaction: ({ data }) => changeMessage(data, (m) => ({ ...m, reactions: data.reactions })),
  phone: ({ data }) => putPhone(data),
  chat: ({ data }) => putChat(data),
  number: ({ data }) => putNumber(data),
  typing: ({ data }) => putTyping(data),
  wire: ({ data }) => putWire(data),
  log: ({ data }) => putLog(data),
  state: ({ data }) => putState(data),
  thread: ({ data }) => putThread(data),
  dropped: ({ data }) => dropMessage(data),
};
const copied = new Set();
const NEWS_OF_THREADS = new Set(["message", "answer", "status", "reaction", "dropped"]);
const records = new Set();

/** Apply one event {type, data}. Types the page does not know are ignored. */
export function apply(event) {
  applyAll([event]);
}

/** Apply many events in order and draw once. */
export function applyAll(events) {
  batch(() => {
    for (const event of events) appliers[event.type]?.(event);
  });
  copied.clear();
  const news = events.filter(({ type }) => NEWS_OF_THREADS.has(type));
  for (const record of records) record.push(...news);
}

/** Keep what is told of threads from now on; gives a function that ends this and gives it. */
export function record() {
  const news = [];
  records.add(news);
  return () => records.delete(news) && news;
}

// One copy per batch: a burst of events costs one new Map, not one each.
function own(signal) {
  if (copied.has(signal)) return signal.peek();
  copied.add(signal);
  signal.value = new Map(signal.peek());
  return signal.peek();
}

function putState(state) {
  numbers.value = state.numbers;
  links.value = { inbox: state.inbox_url, console: state.console_url, phone: state.phone_url };
  const open = phones.peek().get(place.peek().number);
  phones.value = new Map(open && [[open.number, open]]);
  chats.value = new Map([...chats.peek()].filter(([, chat]) => chat.number === open?.number));
  state.phones.forEach(putPhone);
  settled.value = true;
}

function putPhone({ chats: own_chats, ...phone }) {
  own(phones).set(phone.number, { ...phones.peek().get(phone.number), ...phone });
  own_chats?.forEach((chat) => putChat({ ...chat, number: phone.number }));
}

function putNumber(number) {
  const others = numbers.peek().filter((n) => n.phone_number_id !== number.phone_number_id);
  numbers.value = [...others, number];
}

function putChat(chat) {
  const key = chatKey(chat.channel, chat.number);
  if (chat.last?.kind === "voice_call") putVoiceCall(chat.last);
  own(chats).set(key, { unread: 0, ...chats.peek().get(key), ...chat });
}

function putTyping({ channel, number, until }) {
  putChat({ channel, number, typing_until: until });
}

function putThread({ channel, number, messages, has_more: hasMore, older, phase = "ready" }) {
  const key = chatKey(channel, number);
  const known = threads.peek().get(key);
  const kept = older ? known.list : (known?.list ?? []).filter((m) => m.local);
  own(threads).set(key, { list: messages ? joined(messages, kept) : (known?.list ?? []), hasMore: hasMore ?? known?.hasMore ?? false, phase });
}

// Rows from the server, then those only this page knows; one row per id and per client reference.
function joined(first, second) {
  const seen = new Set(first.flatMap((m) => [m.id, m.client_ref]).filter(Boolean));
  return [...first, ...second.filter((m) => !seen.has(m.id) && !seen.has(m.client_ref))];
}

function putMessage(message, { isAnswer = false } = {}) {
  const key = chatKey(message.channel, message.number);
  const thread = threads.peek().get(key);
  if (thread && thread.phase !== "error") own(threads).set(key, trimmed({ ...thread, list: withMessage(thread.list, message, isAnswer) }));
  if (message.kind !== "reaction") touchChat(key, message);
  if (message.kind === "voice_call") putVoiceCall(message, isAnswer);
}

// An answer that comes after the feed's news of the same call is older than that news.
function putVoiceCall(message, isAnswer) {
  if (!isAnswer || !voiceCalls.peek().has(message.id)) own(voiceCalls).set(message.id, message);
}


// A chat left open during a storm stays small; what is cut comes back by scrolling up.
function trimmed(thread) {
  return thread.list.length <= ROWS_KEPT + 100 ? thread : { ...thread, list: thread.list.slice(-ROWS_KEPT), hasMore: true };
}

function withMessage(list, message, isAnswer) {
  const at = list.findLastIndex((m) => m.id === message.id || (message.client_ref && m.client_ref === message.client_ref));
  if (at < 0) return placed(list, message);
  const next = list.slice();
  next[at] = merged(list[at], message, isAnswer);
  return next;
}

// A row of our own stands last whatever its clock says: the simulator's clock may be moved.
function placed(list, message) {
  if (message.local) return [...list, message];
  const after = list.findLastIndex((m) => m.local || m.seq <= message.seq);
  return [...list.slice(0, after + 1), message, ...list.slice(after + 1)];
}

// A local row keeps its picture until the stored one is there. An answer that comes after the feed's news of the same
// message is older than that news: it does not change the tick.
function merged(old, message, isAnswer) {
  const isLate = !old.local && (isAnswer || rank(old.status) > rank(message.status));
  const status = isLate ? old.status : message.status;
  return { ...message, status, client_ref: old.client_ref ?? message.client_ref, preview: old.preview };
}

const rank = (status) => RANK[status] ?? 0;

function raised(message, { status, error }) {
  return rank(status) < rank(message.status) ? message : { ...message, status, error };
}

function changeMessage({ id, channel, number }, change) {
  const key = chatKey(channel, number);
  const thread = threads.peek().get(key);
  const alter = (m) => (m.id === id ? change(m) : m);
  if (thread) own(threads).set(key, { ...thread, list: thread.list.map(alter) });
  const chat = chats.peek().get(key);
  if (chat?.last?.id === id) putChat({ ...chat, last: change(chat.last) });
}

function dropMessage({ id, channel, number }) {
  const key = chatKey(channel, number);
  const thread = threads.peek().get(key);
  if (thread) own(threads).set(key, { ...thread, list: thread.list.filter((m) => m.id !== id) });
}

// The newest message stands in the list; one from the business counts as unread until somebody looks.
function touchChat(key, message) {
  const chat = chats.peek().get(key);
  const isKnown = chat?.last?.id === message.id || (message.client_ref && chat?.last?.client_ref === message.client_ref);
  if (chat?.last && !isKnown && !message.local && chat.last.at > message.at) return;
  const fields = { channel: message.channel, number: message.number, last: message };
  if (!message.from_me) fields.typing_until = null;
  if (!message.from_me && !isKnown && watched.peek() !== key) fields.unread = (chat?.unread ?? 0) + 1;
  putChat(fields);
}

function putLog(entries) {
  wire.value = entries.toReversed().slice(0, WIRE_KEPT);
}

function putWire(entry) {
  const list = wire.peek();
  const at = list.findIndex((e) => e.seq === entry.seq);
  wire.value = at < 0 ? [entry, ...list].slice(0, WIRE_KEPT) : list.map((e, i) => (i === at ? { ...e, ...entry } : e));
}
