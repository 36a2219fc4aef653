// The one call whose sound is in this page: microphone, connection, level, keys.
import { announce, newRef, signal, t, toast, untracked } from "./base.js";
import { calls, hear, silence } from "./calls.js";
import { get, put, token } from "./server.js";
import { gathered, measure, openMicrophone, problemOf, shut, way } from "./sound.js";

/** {id, phase: asking|joining|dialing|talking|refused, problem?, isMuted, level: 0…1, since, isWeak, takesKeys, call?} or
    null. call: one of ours while the server has not named it, and `id` is still "". */
export const talk = signal(null);
/** In a call, or on the way into one. */
export const isBusy = () => Boolean(talk.value) && talk.value.phase !== "refused";
// joined: the version of the call whose session was asked for.
let [pc, microphone, unmeasure, ref, joined] = [null, null, null, "", ""];
const sound = new Audio();
const change = (patch) => { if (talk.peek()) talk.value = { ...talk.peek(), ...patch }; };
const TRIES = 3;

// ---------------------------------------------------------------- the way of the sound

function release() {
  unmeasure?.();
  shut(microphone);
  pc?.close();
  sound.srcObject = null;
  [pc, microphone, unmeasure] = [null, null, null];
}

function connect(iceServers) {
  pc = new RTCPeerConnection({ iceServers: iceServers.map(way), bundlePolicy: "max-bundle" });
  const mine = pc;
  microphone.getAudioTracks().forEach((track) => pc.addTrack(track, microphone));
  pc.ontrack = ({ track }) => { sound.srcObject = new MediaStream([track]); sound.play().catch(() => {}); };
  pc.onconnectionstatechange = () => {
    if (mine !== pc) return;
    change({ isWeak: pc.connectionState === "disconnected", takesKeys: takesKeys() });
    if (pc.connectionState === "failed") { toast(t("The sound of the call was lost."), { tone: "danger" }); hangUp(); }
  };
  return pc;
}

const takesKeys = () => Boolean(pc?.getSenders()[0]?.dtmf?.canInsertDTMF);

/** Who speaks sees that it is heard. Whether keys can be pressed is looked at as well: a connection may take them a moment
    after it stands. */
function meter() {
  unmeasure?.();
  unmeasure = measure(microphone, (loud) => {
    const level = talk.peek()?.isMuted ? 0 : loud;
    if (Math.abs(level - (talk.peek()?.level || 0)) > 0.04) change({ level });
    if (takesKeys() !== talk.peek()?.takesKeys) change({ takesKeys: takesKeys() });
  });
}

/** Speak into this one from now on. */
function take(stream, mine) {
  microphone = stream;
  const [track] = stream.getAudioTracks();
  track.enabled = !talk.peek().isMuted;
  track.onended = () => replace(mine);
  return track;
}

/** It was pulled out or forbidden in the middle of a call: another one goes on, or the next that is plugged in. */
async function replace(mine) {
  if (ref !== mine) return;
  try {
    const stream = await openMicrophone();
    if (ref !== mine) { shut(stream); return; }
    await pc?.getSenders()[0]?.replaceTrack(take(stream, mine));
    if (unmeasure) meter();
    toast(t("The microphone is gone; another one goes on."));
  } catch {
    if (ref !== mine) return;
    toast(t("The microphone is gone: the customer hears nothing. Connect one, and it goes on."), { tone: "danger" });
    navigator.mediaDevices.addEventListener("devicechange", () => replace(mine), { once: true });
  }
}

function refuse(id, name) {
  release();
  const problem = problemOf(name);
  talk.value = id ? { id, phase: "refused", problem } : null;
  if (id) announce(problem); else toast(problem, { tone: "danger" });
}

/** Ask for the microphone; false when there is none, or when all of it was called off meanwhile. */
async function begin(id, call) {
  const mine = newRef();
  [ref, joined] = [mine, ""];
  talk.value = { id, call, phase: "asking", isMuted: false, level: 0, since: 0, isWeak: false, takesKeys: false };
  try {
    const stream = await openMicrophone();
    if (ref !== mine) { shut(stream); return false; }
    take(stream, mine);
  } catch ({ name }) {
    if (ref === mine) refuse(id, name);
    return false;
  }
  return true;
}

/** Ask again after a passing trouble; what is told by the same name is one thing. */
async function again(ask) {
  for (let n = 1; ; n += 1) {
    try { return await ask(); } catch (problem) {
      if (!problem.isPassing || n === TRIES) throw problem;
      await new Promise((done) => { setTimeout(done, 400 * n); });
    }
  }
}

const told = (path, body) => again(() => put(path, body));

/** From here on leaving the page is leaving somebody. */
function stay() {
  addEventListener("beforeunload", warn);
  addEventListener("pagehide", leave);
}

function begun() {
  meter();
  change({ phase: "talking", since: Date.now() });
}

function over() {
  ref = "";
  release();
  removeEventListener("beforeunload", warn);
  removeEventListener("pagehide", leave);
  talk.value = null;
}

// ---------------------------------------------------------------- what an agent does

/** Take a ringing call. Whatever goes wrong before it is ours, it rings on for the others; so it does for who calls it
    off, and may take it again while the first try still waits for an answer. */
export async function accept({ id }) {
  if (isBusy() || !await begin(id)) return;
  const mine = ref;
  try {
    change({ phase: "joining" });
    const { sdp, ice_servers: servers } = await get(`calls/${id}/session`);
    if (ref !== mine) return;
    const here = connect(servers);
    await here.setRemoteDescription({ type: "offer", sdp });
    await here.setLocalDescription(await here.createAnswer());
    await gathered(here);
    if (ref !== mine) return;
    stay();
    hear(await told(`calls/${id}/answer`, { ref: mine, sdp: here.localDescription.sdp }));
    if (ref === mine) begun(); else await put(`calls/${id}/end`, { ref: mine }); // hung up meanwhile
  } catch (problem) { if (ref === mine) fail(problem); }
}

/** Call the customer of a conversation. line: as the server told when it was asked whether one may. */
export async function dial({ id: thread, customer }, { ice_servers: servers }) {
  if (isBusy() || !await begin("", { id: "", thread_id: thread, customer })) return;
  const mine = ref;
  try {
    change({ phase: "joining" });
    const here = connect(servers);
    await here.setLocalDescription(await here.createOffer());
    await gathered(here);
    if (ref !== mine) return;
    stay();
    const call = await told(`threads/${thread}/calls/${mine}`, { sdp: here.localDescription.sdp });
    hear(call);
    if (ref === mine) change({ id: call.id, phase: "dialing" });
    else await put(`calls/${call.id}/end`, { ref: mine }); // hung up meanwhile
  } catch (problem) { if (ref === mine) fail(problem); }
}

/** Take the session of the customer's phone, once it has one: that they answered may be told before. */
async function join({ id, version }) {
  const of = pc;
  if (of?.signalingState !== "have-local-offer" || joined === version) return;
  joined = version;
  try {
    const { sdp } = await again(() => get(`calls/${id}/session`));
    if (sdp && of === pc && of.signalingState === "have-local-offer") await of.setRemoteDescription({ type: "answer", sdp });
  } catch { /* the next event asks again */ }
}

function fail({ detail, body }) {
  over();
  if (body?.call) hear(body.call);
  toast(detail || t("The call could not be connected."), { tone: "danger" });
}

/** End the call that is here. The sound stops at once, whatever the server says. */
export async function hangUp() {
  const { id, phase } = talk.peek() || {};
  const mine = ref;
  over();
  if (!id || phase === "refused") return;
  if (!["talking", "dialing"].includes(phase)) return;
  try { hear(await told(`calls/${id}/end`, { ref: mine })); } catch {
    toast(t("The provider could not be told. Without sound it ends the call within half a minute."), { tone: "danger" });
  }
}

/** Decline a ringing call for everybody. */
export async function decline({ id }) {
  silence(id);
  if (talk.peek()?.id === id) over();
  try { hear(await told(`calls/${id}/end`, { ref: newRef() })); } catch ({ detail }) { toast(detail, { tone: "danger" }); }
}

export function mute() {
  if (!microphone) return;
  const isMuted = !talk.peek().isMuted;
  microphone.getAudioTracks().forEach((track) => { track.enabled = !isMuted; });
  change({ isMuted });
  announce(isMuted ? t("The microphone is off.") : t("The microphone is on."));
}

/** Send a key as a tone, where the connection carries tones. */
export const press = (key) => pc?.getSenders()[0]?.dtmf?.insertDTMF(key, 160, 70);

// ---------------------------------------------------------------- what happens to it

/** A call here that is over elsewhere: the customer hung up, or a colleague was faster. */
export function follow() {
  const { id, phase } = talk.value || {};
  const call = calls.value.get(id);
  if (!call) return;
  if (phase === "refused") { if (call.state !== "ringing") over(); } else if (call.state === "ended") {
    over();
    toast(ENDS[call.direction === "outbound" && call.outcome]?.() || t("The call is over."));
  } else untracked(() => { join(call); if (phase === "dialing" && call.state === "talking") begun(); });
}

const ENDS = { declined: () => t("The customer declined the call."), missed: () => t("Nobody answered."), failed: () => t("The call failed.") };

const warn = (event) => { event.preventDefault(); };

/** The page goes away in the middle of a call: tell the server with its last breath. */
function leave() {
  const { id } = talk.peek() || {};
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
  if (id) fetch(`/api/v1/calls/${id}/end`, { method: "PUT", keepalive: true, headers, body: JSON.stringify({ ref }) });
  over();
}

/** For tests and for whoever looks into a bad line: what the connection itself counts. */
export const stats = async () => (pc ? [...(await pc.getStats()).values()] : []);
