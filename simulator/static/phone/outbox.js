// Sending. A message is drawn at once with its own reference; posts go out one after another, so order is kept.
// No answer from the simulator keeps it waiting; a refusal marks it failed with the reason.
import { apply } from "./apply.js";
import { postMessage, retryMessage, Unreachable } from "./api.js";
import { link } from "./state.js";
import { announce, show } from "./announce.js";
import { writerIn } from "./writer.js";

const queue = [];
const bodies = new Map(); // client reference → function that makes the body to post
let isRunning = false;

/** Draw a message with `fields` and queue it. `body(client_ref)` makes what is posted: an object or a FormData. */
export function send(channel, number, fields, body) {
  const client_ref = newReference();
  const at = new Date().toISOString();
  const known = { id: `local:${client_ref}`, client_ref, channel, number, at, from_me: true, local: true };
  const author = writerIn(number);
  const message = { ...known, reactions: {}, status: "waiting", author, ...fields };
  bodies.set(client_ref, (ref) => withAuthor(body(ref), author));
  apply({ type: "message", data: message });
  queue.push(message);
  flush();
}

// In a group the simulator has to know who writes.
function withAuthor(body, author) {
  if (!author) return body;
  if (!(body instanceof FormData)) return { ...body, author: author.number };
  body.append("author", author.number);
  return body;
}

// crypto.randomUUID exists only on secure addresses; a phone in the same network has plain http.
function newReference() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Post what waits, oldest first, until nothing is left or nobody answers. */
export async function flush() {
  if (isRunning) return;
  isRunning = true;
  try {
    while (queue.length && (await post(queue[0]))) queue.shift();
  } finally {
    isRunning = false;
  }
}

async function post(message) {
  const { channel, number, client_ref } = message;
  try {
    const answer = await postMessage(channel, number, bodies.get(client_ref)(client_ref));
    bodies.delete(client_ref);
    apply({ type: "answer", data: { ...answer, client_ref } });
  } catch (error) {
    if (error instanceof Unreachable) return waitForLink();
    fail(message, error.message);
  }
  return true;
}

// While the feed stands, one lost answer is tried again soon; otherwise the feed calls flush when it is back.
function waitForLink() {
  if (link.value === "live") setTimeout(flush, 1000);
  return false;
}

function fail(message, detail) {
  apply({ type: "message", data: { ...message, status: "failed", error: { title: "Not sent", detail } } });
  announce(`Not sent: ${detail}`);
}

/** "Send again": a message the simulator knows goes by its id; one it refused is posted anew. */
export async function sendAgain(message) {
  if (!message.local) return act(retryMessage(message.id));
  const { id, client_ref, at, status, error, ...fields } = message;
  const body = bodies.get(client_ref);
  bodies.delete(client_ref);
  apply({ type: "dropped", data: message });
  return send(message.channel, message.number, fields, body);
}

/** Wait for a small call (reaction, edit, switch). Its refusal is shown as a sentence; then the answer is null. */
export async function act(promise) {
  try {
    return (await promise) ?? true;
  } catch (error) {
    show(error.message);
    return null;
  }
}
