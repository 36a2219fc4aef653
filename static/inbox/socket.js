// The live line: events in order by number, resumed after any gap; bad luck is waited out with jitter.
import { signal } from "./base.js";
import { signedOut } from "./api.js";
import { apply, progress } from "./store.js";

/** off | connecting | live | lost */
export const line = signal("connecting");
/** The build the server runs now; differs from ours after a deploy. */
export const serverVersion = signal("");

const QUIET_MS = 25_000; // nothing heard for so long: ask
const ANSWER_MS = 8_000; // no answer for so long: the line is dead
let socket = null;
let failures = 0;
let retryTimer = 0;
let quietTimer = 0;
let answerTimer = 0;
let onResync = () => {};
let onBatch = () => {};

const send = (data) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(data));
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
}

function closed(event) {
  clearTimeout(quietTimer);
  clearTimeout(answerTimer);
  socket = null;
  line.value = "lost";
  if (event?.code === 4401 || event?.code === 4403) { signedOut.value = true; return; }
  if (!navigator.onLine) return; // "online" brings us back
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

/** Start and stay connected. resync() must load the bootstrap again; batch(events) hears what was applied. */
export function startSocket({ resync, batch }) {
  onResync = resync;
  onBatch = batch;
  addEventListener("online", wake);
  addEventListener("offline", drop);
  addEventListener("pageshow", (event) => event.persisted && wake());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  connect();
}

/** After signing in again. */
export const reconnect = () => { failures = 0; connect(); };
/** After a resync: the head moved by the bootstrap; go on from there. */
export const goOn = () => { failures = 0; line.value = "live"; resume(); };
