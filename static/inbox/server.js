// The two ways to the server: calls of our own REST API, and the live line of events.
import { hearers, newRef, signal, t } from "./base.js";
import { apply, progress } from "./store.js";

/** true while the server says we are not signed in; the page shows a dialog and keeps everything. */
export const signedOut = signal(false);

export class Problem extends Error {
  constructor(status, code, detail, body = {}, retryAfter = 0) {
    super(detail);
    Object.assign(this, { status, code, detail, body, retryAfter });
  }
  /** Whether asking again later, unchanged, can help. */
  get isPassing() {
    return [0, 401, 429].includes(this.status) || this.status >= 500 || this.code === "still_running";
  }
}

const BASE = "/api/v1/";
/** Read anew each time: signing in again changes it. */
export function token() {
  const name = `${document.querySelector("meta[name=csrf-cookie]").content}=`;
  return document.cookie.split("; ").find((pair) => pair.startsWith(name))?.slice(name.length) || "";
}

function headers(method, key) {
  const out = { Accept: "application/json" };
  if (method !== "GET") out["X-CSRFToken"] = token();
  if (method === "POST") out["Idempotency-Key"] = key || newRef();
  return out;
}

/** The Problem in an answer that is not a success. A 409 without a code of its own means: still running. */
export function problemOf(status, text, retryAfter) {
  let body = {};
  try { body = JSON.parse(text) || {}; } catch { /* a proxy's page, not ours */ }
  const isOut = status === 401 || body.code === "not_signed_in";
  if (isOut) signedOut.value = true;
  const code = isOut ? "not_signed_in" : body.code || `http_${status}`;
  const plain = t("The server answered {status}. Please try again.", { status });
  const detail = body.errors?.[0]?.detail || body.detail || body.title || plain;
  return new Problem(isOut ? 401 : status, code, detail, body, Number(retryAfter) || 0);
}

const offline = () => new Problem(0, "offline", t("The server cannot be reached. Check your connection."));

/** One call. path: below /api/v1/. key: Idempotency-Key of a POST, when it must outlive this call. */
export async function call(method, path, { body, key, signal: stop } = {}) {
  const init = { method, headers: headers(method, key), credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) { init.body = JSON.stringify(body); init.headers["Content-Type"] = "application/json"; }
  init.signal = stop || AbortSignal.timeout(30_000);
  let answer;
  let text;
  try {
    answer = await fetch(BASE + path, init);
    text = await answer.text();
  } catch { throw offline(); }
  if (!answer.ok) throw problemOf(answer.status, text, answer.headers.get("Retry-After"));
  return text ? JSON.parse(text) : null;
}

export const get = (path, query) => call("GET", query ? `${path}?${new URLSearchParams(query)}` : path);
export const post = (path, body, options) => call("POST", path, { body, ...options });
export const put = (path, body) => call("PUT", path, { body });
export const patch = (path, body) => call("PATCH", path, { body });
export const remove = (path) => call("DELETE", path);

/** Every row of a list, page by page. */
export async function getAll(path) {
  const rows = [];
  for (let after = {}; after;) {
    const page = await get(path, { limit: 200, ...after });
    rows.push(...page.data);
    after = page.next && { after: page.next };
  }
  return rows;
}

/** Upload one file. onProgress gets 0…1. Returns {done: Promise<Attachment>, cancel()}. */
export function upload(file, { kind, key, onProgress }) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("POST", `${BASE}attachments`);
    for (const [name, value] of Object.entries(headers("POST", key))) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(offline());
    request.onabort = () => reject(new Problem(0, "cancelled", t("Cancelled")));
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText));
      else reject(problemOf(request.status, request.responseText, request.getResponseHeader("Retry-After")));
    };
    const form = new FormData();
    form.append("file", file, file.name);
    if (kind) form.append("kind", kind);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

// ---------------------------------------------------------------- the live line

// Events in order by number, resumed after any gap; bad luck is waited out with jitter.

/** off | connecting | live | lost */
export const line = signal("connecting");
/** The build the server runs now; differs from ours after a deploy. */
export const serverVersion = signal("");

// Nothing heard for so long: ask
const QUIET_MS = 25_000;
const BEAT_MS = 5_000;
// No answer for so long: the line is dead
const ANSWER_MS = 8_000;
let socket = null;
let failures = 0;
let retryTimer = 0;
let quietTimer = 0;
let answerTimer = 0;
let onResync = () => {};
let onBatch = () => {};

/** Hears where a colleague is: {key, member_id, thread_id, state}. */
export const [onPresence, tellPresence] = hearers();
const send = (data) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(data));
/** Tell the server something small; it is lost when the line is down. */
export const say = (data) => { send(data); };
const resume = () => send({ type: "resume", after: progress.head });

/** Ask for what we missed; if not even that is answered, the connection is dead and is made anew. */
function probe(ms = ANSWER_MS) {
  if (socket?.readyState !== WebSocket.OPEN) return;
  resume();
  clearTimeout(answerTimer);
  answerTimer = setTimeout(() => drop(), ms);
}

function heard() {
  clearTimeout(answerTimer);
  clearTimeout(quietTimer);
  quietTimer = setTimeout(probe, QUIET_MS);
}

function receive(message) {
  heard();
  if (message.type === "ready") {
    serverVersion.value = message.version;
    probe();
  } else if (message.type === "events") take(message);
  else if (message.type === "resync") onResync();
  else if (message.type === "presence") tellPresence(message);
}

/** Apply a batch that joins on to what we have; ask again when it does not. */
function take({ after, head, events }) {
  if (after > progress.head) { resume(); return; }
  const fresh = events.filter((event) => event.seq > progress.head);
  for (const event of fresh) apply(event);
  progress.head = Math.max(progress.head, head);
  failures = 0;
  line.value = "live";
  if (fresh.length) onBatch(fresh);
  // Much moved with them
  if (fresh.some(({ type }) => /^(customer\.merged|thread\.joined|\w+\.split)$/.test(type))) onResync(true);
}

function closed(event) {
  clearTimeout(quietTimer);
  clearTimeout(answerTimer);
  socket = null;
  line.value = "lost";
  if (event?.code === 4401 || event?.code === 4403) { signedOut.value = true; return; }
  // "online" brings us back
  if (!navigator.onLine) return;
  const wait = Math.min(30_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
  failures += 1;
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, event?.code === 4008 ? 200 : wait);
}

function drop() {
  const old = socket;
  if (!old) return;
  old.onclose = null;
  old.onmessage = null;
  old.close();
  closed();
}

export function connect() {
  if (socket || signedOut.peek()) return;
  clearTimeout(retryTimer);
  const own = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  socket = own;
  own.onmessage = (event) => socket === own && receive(JSON.parse(event.data));
  own.onclose = (event) => socket === own && closed(event);
  clearTimeout(answerTimer);
  answerTimer = setTimeout(drop, ANSWER_MS);
}

/** Something says the world is back (shown again, online, restored from the cache): find out now. */
function wake() {
  failures = 0;
  if (socket) probe(3000); else connect();
}

/** The lid of a laptop tells nobody, but its clock has jumped. */
function watchSleep() {
  let at = Date.now();
  setInterval(() => {
    const hasSlept = Date.now() - at > 4 * BEAT_MS;
    at = Date.now();
    if (hasSlept && !document.hidden) wake();
  }, BEAT_MS);
}

/** Start and stay connected. resync() must load the bootstrap again; batch(events) hears what was applied. */
export function startSocket({ resync, batch }) {
  onResync = resync;
  onBatch = batch;
  addEventListener("online", wake);
  addEventListener("offline", drop);
  watchSleep();
  addEventListener("pageshow", (event) => event.persisted && wake());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  connect();
}

/** After signing in again. */
export const reconnect = () => { failures = 0; connect(); };
/** After a resync: the head moved by the bootstrap; go on from there. */
export const goOn = () => { failures = 0; line.value = "live"; resume(); };
