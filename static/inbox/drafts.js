// Drafts, one per conversation and slot ("note", or "reply." and its channel): kept here after 300 ms, on the server after 2 s.
// Everything is keyed when the person types, so a slow save can never land in another conversation.
import { debounce, drawn, local, newRef, signal, t } from "./base.js";
import { onTakenBack } from "./outbox.js";
import { channelOf, pickPlace, picked } from "./places.js";
import { put, remove, upload } from "./server.js";
import { apply, draft as served, onArrival, session, thread } from "./store.js";
import { bytes } from "./text.js";

const EMPTY = { text: "", quote: null, files: [], dirty: false, at: "", seen: null };
// key → signal of {text, quote: Message|null, files: [File row], dirty, at, seen}; seen: id of the newest message that
// was there when the draft was begun, so that a colleague's answer after it holds the draft back.
const cells = new Map();
// Key → {local, server}.
const savers = new Map();
// Key → the last request, so that calls of one draft never overtake each other.
const chains = new Map();
let prefix = "";

const keyOf = (id, slot) => `${id}:${slot}`;
const ready = (files) => files.filter((file) => file.state === "ready");
const fileOf = (attachment) => ({
  uid: attachment.id, name: attachment.filename, size: attachment.size_bytes, kind: attachment.kind,
  state: "ready", progress: 1, attachment,
});
const fromServer = (row) => ({
  ...EMPTY, text: row.text || "", quote: row.reply_to ? { id: row.reply_to } : null, at: row.updated_at || "",
  files: (row.attachments || []).map(fileOf),
});

/** The draft of a conversation as a signal. A newer one from the server shows when nothing unsaved stands here. */
export function draftOf(id, slot) {
  const key = keyOf(id, slot);
  if (!cells.has(key)) cells.set(key, signal(EMPTY));
  const cell = cells.get(key);
  const row = served(id, slot).value;
  const { dirty, at, files } = cell.peek();
  // What is gone, as it was sent from another window, was of the same moment
  const isOther = row && (row.gone ? !isEmpty(cell.peek()) : (row.updated_at || "") !== at);
  const isNews = isOther && !dirty && ready(files).length === files.length;
  if (isNews) cell.value = fromServer(row);
  return cell;
}

function saversOf(id, slot) {
  const key = keyOf(id, slot);
  const make = () => ({ local: debounce(() => keep(id, slot), 300), server: debounce(() => store(id, slot), 2000) });
  if (!savers.has(key)) savers.set(key, make());
  return savers.get(key);
}

function keep(id, slot) {
  const { text, quote, files, dirty, seen } = cells.get(keyOf(id, slot)).peek();
  if (!dirty) local.remove(prefix + keyOf(id, slot));
  else local.set(prefix + keyOf(id, slot), { text, quote, seen, files: ready(files).map((one) => fileOf(one.attachment)) });
}

const isEmpty = ({ text, quote, files }) => !text.trim() && !quote && !files.length;

function inTurn(key, job) {
  const turn = (chains.get(key) || Promise.resolve()).then(job, job);
  chains.set(key, turn.catch(() => {}));
  return turn;
}

async function push(id, slot) {
  const cell = cells.get(keyOf(id, slot));
  const mine = cell.peek();
  if (!mine.dirty) return;
  const [mode, channel_id = ""] = slot.split(".");
  const path = `threads/${id}/drafts/${mode}`;
  const attachment_ids = ready(mine.files).map((file) => file.attachment.id);
  const body = { text: mine.text, reply_to: mine.quote?.id || null, attachment_ids, channel_id: channel_id || null };
  const saved = isEmpty(mine) ? await remove(channel_id ? `${path}?channel=${channel_id}` : path) : await put(path, body);
  const at = saved?.updated_at || mine.at;
  const isSame = cell.peek() === mine;
  if (isSame) cell.value = { ...mine, dirty: false, at };
  if (saved) apply({ type: "loaded.draft", data: saved });
  else apply({ type: "draft.discarded", data: { draft: { thread_id: id, mode, channel_id } } });
  if (isSame) keep(id, slot);
}

async function store(id, slot) {
  try { await inTurn(keyOf(id, slot), () => push(id, slot)); } catch (problem) {
    if (problem.isPassing) setTimeout(saversOf(id, slot).server, 3000);
  }
}

/** Change a draft from typing, quoting or attaching. */
export function editDraft(id, slot, patch) {
  const cell = draftOf(id, slot);
  const old = cell.peek();
  const seen = isEmpty(old) || !old.seen ? thread(id).peek()?.last_message?.id || null : old.seen;
  cell.value = { ...old, seen, ...patch, dirty: true };
  // Nobody moves it while it is written.
  if (slot !== "note") pickPlace(id, slot.slice("reply.".length) || null);
  saversOf(id, slot).local();
  saversOf(id, slot).server();
}

/** It was sent: empty here and there. */
export function clearDraft(id, slot) {
  editDraft(id, slot, { text: "", quote: null, files: [] });
  saversOf(id, slot).local.flush();
  // What was sent is shown first.
  drawn().then(saversOf(id, slot).server.flush);
}

/** Put what was taken back from the outbox in front of what is written now: words, files and quote. */
function restore({ thread_id: id, mode, body, show }) {
  const slot = mode === "note" ? mode : `reply.${body.channel_id || ""}`;
  const { text, files, quote } = draftOf(id, slot).peek();
  const back = (show.attachments || []).map(fileOf);
  const words = [body.text, text].filter(Boolean).join("\n");
  editDraft(id, slot, { text: words, files: [...back, ...files], quote: quote || show.reply_to || null });
  if (body.address_id) pickPlace(id, body.channel_id, body.address_id);
}

/** The text that waits in a conversation, for its row in the list. */
export function draftText(row) {
  for (const slot of [`reply.${picked(row.id) || row.channel?.id || ""}`, "note"]) {
    const mine = cells.get(keyOf(row.id, slot))?.value;
    if (mine?.dirty) return mine.text || (mine.files.length ? t("Attachment") : "");
  }
  return row.draft || "";
}

/** A customer who writes from elsewhere is answered there, unless an answer is being written already. */
function followCustomer({ message }, id) {
  const slot = `reply.${picked(id)}`;
  if (message?.direction === "inbound" && picked(id) && isEmpty(draftOf(id, slot).peek())) pickPlace(id, null);
}

/** Begin with what an earlier visit could not bring to the server. */
export function startDrafts() {
  const { tenant, me } = session.peek();
  prefix = `parley:draft:${tenant.id}:${me.id}:`;
  for (const [key, kept] of local.scan(prefix)) {
    if (!kept) continue;
    const [id, slot] = key.slice(prefix.length).split(":");
    cells.set(keyOf(id, slot), signal({ ...EMPTY, ...kept, dirty: true }));
    saversOf(id, slot).server();
  }
  const keepAll = () => { for (const saver of savers.values()) saver.local.flush(); };
  onTakenBack(restore);
  onArrival(followCustomer);
  addEventListener("pagehide", keepAll);
  document.addEventListener("visibilitychange", () => document.hidden && keepAll());
}

/** Bring every unsaved draft to the server now (online again, signed in again). */
export function flushDrafts() {
  for (const [key, cell] of cells) if (cell.peek().dirty) saversOf(...key.split(":")).server();
}

// ---------------------------------------------------------------- files

const FILE_KINDS = ["image", "video", "audio", "document", "sticker"];
const shortName = (mime) => mime.split("/")[1].split(".").at(-1).toUpperCase();
/** "JPEG, PNG, MP4", "…" for still others. */
function kindsOf({ files }) {
  const names = Object.values(files).flatMap((rule) => rule.mimes).map(shortName);
  const kinds = [...new Set(names)];
  return [...kinds.slice(0, 8), kinds[8] && "…"].filter(Boolean).join(", ");
}

/** The channel's kind for a file, or why it cannot go. Returns {kind} or {problem}. */
export function judge(file, limits, label) {
  const type = file.type || "application/octet-stream";
  const words = { name: file.name, channel: label, size: bytes(file.size) };
  const kind = FILE_KINDS.find((one) => limits.files[one]?.mimes.includes(type));
  if (!Object.keys(limits.files).length) return { problem: t("{channel} cannot carry files.", words) };
  words.kinds = kindsOf(limits);
  if (!kind) return { problem: t("{name}: {channel} takes no such files, only {kinds}.", words) };
  const most = limits.files[kind].max_bytes;
  words.max = bytes(most);
  if (file.size > most) return { problem: t("{name} is {size}; {channel} takes at most {max}.", words) };
  return file.size ? { kind } : { problem: t("{name} is empty.", words) };
}

function editFile(id, slot, uid, patch) {
  const { files } = draftOf(id, slot).peek();
  // Removed meanwhile.
  if (!files.some((file) => file.uid === uid)) return;
  editDraft(id, slot, { files: files.map((file) => (file.uid === uid ? { ...file, ...patch } : file)) });
}

/** A small picture of an image file as a data: address, or null. */
async function thumbnail(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, 120 / Math.max(bitmap.width, bitmap.height));
    const size = { width: bitmap.width * scale, height: bitmap.height * scale };
    const canvas = Object.assign(document.createElement("canvas"), size);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.7);
  } catch { return null; }
}

async function start(id, slot, row) {
  const edit = (patch) => editFile(id, slot, row.uid, patch);
  const job = upload(row.file, { kind: row.kind, key: row.uid, onProgress: (progress) => edit({ progress }) });
  edit({ state: "uploading", progress: 0, problem: "", cancel: job.cancel });
  if (row.kind === "image" && !row.thumb) thumbnail(row.file).then((thumb) => edit({ thumb }));
  try {
    edit({ state: "ready", progress: 1, attachment: await job.done, file: null, cancel: null });
  } catch (problem) {
    if (problem.code !== "cancelled") edit({ state: "failed", problem: problem.detail });
  }
}

// As the server keeps with a draft.
const FILES_MAX = 10;

/** Attach files to the reply of a conversation; those the channel cannot take are refused, with the reasons. */
export function attach(id, slot, files) {
  const where = channelOf(slot);
  const reasons = [];
  const room = FILES_MAX - draftOf(id, slot).peek().files.length;
  const left = files.length - room;
  if (left > 0) reasons.push(t("{n} files at once are the most; {left} were left out.", { n: FILES_MAX, left }));
  for (const file of files.slice(0, Math.max(0, room))) {
    const { kind, problem } = judge(file, where?.limits || { files: {} }, where?.label || t("This channel"));
    if (problem) { reasons.push(problem); continue; }
    const entry = { uid: newRef(), name: file.name, size: file.size, kind, state: "uploading", progress: 0, file };
    editDraft(id, slot, { files: [...draftOf(id, slot).peek().files, entry] });
    start(id, slot, entry);
  }
  return reasons;
}

export function detach(id, slot, uid) {
  const { files } = draftOf(id, slot).peek();
  files.find((file) => file.uid === uid)?.cancel?.();
  editDraft(id, slot, { files: files.filter((file) => file.uid !== uid) });
}

export function retryFile(id, slot, uid) {
  start(id, slot, draftOf(id, slot).peek().files.find((file) => file.uid === uid));
}
