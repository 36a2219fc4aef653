// The live line from the simulator. When it breaks the page says so, asks for the state again and goes on.
import { apply, applyAll } from "./apply.js";
import { getLog, getState } from "./api.js";
import { link, openKey, openNumber, phones, place, threads } from "./state.js";
import { announce } from "./announce.js";
import { enter, loadThread, lookAgain } from "./threads.js";
import { flush } from "./outbox.js";

const FRAME_MS = 16;
let source = null;
let waiting = [];
let lastSeq = 0;
let tries = 0;

/** Fetch the state and follow the feed from there; again after each loss, for ever. */
export async function connect() {
  try {
    await takeState();
    follow();
  } catch {
    lost();
  }
}

async function takeState() {
  const [state, log] = await Promise.all([getState(), getLog()]);
  lastSeq = state.seq;
  applyAll([{ type: "state", data: state }, { type: "log", data: log.data }]);
  forgetOtherThreads();
}

function follow() {
  source = new EventSource(`/phone/feed?after=${lastSeq}`);
  source.onopen = live;
  source.onerror = lost;
  source.onmessage = (message) => take(JSON.parse(message.data));
}

function live() {
  if (link.value === "lost") announce("Connected again");
  tries = 0;
  link.value = "live";
  refreshThread();
  lookAgain();
  flush();
}

function refreshThread() {
  const { channel, number } = place.value;
  if (threads.value.has(openKey.value)) loadThread(channel, number);
  else if (openNumber.value) enter();
}

// The simulator says that this page has missed too much, or was emptied.
async function reload() {
  await takeState().catch(lost);
  refreshThread();
  lookAgain();
}

function lost() {
  source?.close();
  source = null;
  if (link.value === "live") announce("The simulator does not answer");
  link.value = "lost";
  setTimeout(connect, Math.min(2000, 250 * 2 ** tries++));
}

// Events of one frame are applied together: a storm of a thousand messages still draws sixty times a second at most.
function take(event) {
  if (event.type === "reload") return void reload();
  if (event.seq && event.seq <= lastSeq) return;
  if (event.seq) lastSeq = event.seq;
  if (waiting.push(event) === 1) setTimeout(drain, FRAME_MS);
  return undefined;
}

function drain() {
  const events = waiting;
  waiting = [];
  applyAll(events);
  tellArrivals(events);
  meetStrangers(events);
}

// A message of a phone the page has not met: a test made it. The state knows its name.
let isMeeting = false;
function meetStrangers(events) {
  if (isMeeting || events.every(({ data }) => !data.number || phones.value.has(data.number))) return;
  isMeeting = true;
  setTimeout(() => { isMeeting = false; reload(); }, 250);
}

function tellArrivals(events) {
  const last = events.findLast(({ type, data }) => type === "message" && !data.from_me && `${data.channel}/${data.number}` === openKey.value);
  if (last) announce(`New message: ${last.data.text || last.data.kind}`);
}

// Chats that are not open may have changed while the line was down: they load again when opened.
function forgetOtherThreads() {
  threads.value = new Map([...threads.value].filter(([key]) => key === openKey.value));
}
