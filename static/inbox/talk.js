// The one call whose sound is in this page: microphone, connection, level, keys.
import { announce, newRef, signal, t, toast, untracked } from "./base.js";
import { calls, hear, silence } from "./calls.js";
import { get, put, token } from "./server.js";

/** {id, phase: asking|joining|dialing|talking|refused, problem?, isMuted, level: 0…1, since, isWeak, takesKeys} or null. */
export const talk = signal(null);
let [pc, microphone, context, timer, ref] = [null, null, null, 0, ""];
const sound = new Audio();
const change = (patch) => { if (talk.peek()) talk.value = { ...talk.peek(), ...patch }; };
const TICK_MS = 100;
const GATHER_MS = 2000;
const TRIES = 3;

const PROBLEMS = {
  NotAllowedError: () => t("The microphone is not allowed for this page. Allow it with the sign beside the address, then accept again."),
  NotFoundError: () => t("No microphone was found. Connect one, then accept again."),
  NotReadableError: () => t("Another program uses the microphone. Close that one, then accept again."),
  none: () => t("This browser gives no microphone here: calls need a safe address (https)."),
};

// ---------------------------------------------------------------- the way of the sound

function release() {
  clearInterval(timer);
  microphone?.getTracks().forEach((track) => track.stop());
  context?.close();
  pc?.close();
  sound.srcObject = null;
  [pc, microphone, context] = [null, null, null];
}

async function openMicrophone() {
  if (!navigator.mediaDevices) throw new DOMException("", "none");
  return navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
}

/** Nothing is told later, so every way must be known before we answer. */
function gathered(of) {
  return new Promise((done) => {
    const look = () => of.iceGatheringState === "complete" && done();
    of.addEventListener("icegatheringstatechange", look);
    setTimeout(done, GATHER_MS);
    look();
  });
}

const server = ({ urls, username, credential }) => (username ? { urls, username, credential } : { urls });

function connect(iceServers) {
  pc = new RTCPeerConnection({ iceServers: iceServers.map(server), bundlePolicy: "max-bundle" });
  const mine = pc;
  microphone.getAudioTracks().forEach((track) => pc.addTrack(track, microphone));
  pc.ontrack = ({ track }) => { sound.srcObject = new MediaStream([track]); sound.play().catch(() => {}); };
  pc.onconnectionstatechange = () => {
    if (mine !== pc) return;
    change({ isWeak: pc.connectionState === "disconnected", takesKeys: takesKeys() });
    if (pc.connectionState === "failed") { toast(t("The sound of the call was lost."), { tone: "danger" }); hangUp(); }
  };
}

const takesKeys = () => Boolean(pc?.getSenders()[0]?.dtmf?.canInsertDTMF);

/** How loud the microphone is, ten times a second: who speaks sees that it is heard. Whether keys can be pressed is
    looked at as well: a connection may take them a moment after it stands. */
function meter() {
  context = new AudioContext();
  const analyser = Object.assign(context.createAnalyser(), { fftSize: 512 });
  const samples = new Float32Array(analyser.fftSize);
  context.createMediaStreamSource(microphone).connect(analyser);
  timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    const level = talk.peek()?.isMuted ? 0 : Math.min(1, power * 5);
    if (Math.abs(level - (talk.peek()?.level || 0)) > 0.04) change({ level });
    if (takesKeys() !== talk.peek()?.takesKeys) change({ takesKeys: takesKeys() });
  }, TICK_MS);
}

function refuse(id, name) {
  release();
  const problem = (PROBLEMS[name] || PROBLEMS.NotReadableError)();
  talk.value = id ? { id, phase: "refused", problem } : null;
  if (id) announce(problem); else toast(problem, { tone: "danger" });
}

/** Ask for the microphone; false when there is none, or when all of it was called off meanwhile. */
async function begin(id, phase) {
  const mine = newRef();
  ref = mine;
  talk.value = { id, phase, isMuted: false, level: 0, since: 0, isWeak: false, takesKeys: false };
  try {
    const stream = await openMicrophone();
    if (ref !== mine) { stream.getTracks().forEach((track) => track.stop()); return false; }
    microphone = stream;
  } catch ({ name }) {
    if (ref === mine) refuse(id, name);
    return false;
  }
  return true;
}

/** Say it again after a passing trouble: the same name makes it one thing. */
async function told(path, body) {
  for (let n = 1; ; n += 1) {
    try { return await put(path, body); } catch (problem) {
      if (!problem.isPassing || n === TRIES) throw problem;
      await new Promise((done) => { setTimeout(done, 400 * n); });
    }
  }
}

/** From here on leaving the page is leaving somebody. */
function stay() {
  addEventListener("beforeunload", warn);
  addEventListener("pagehide", leave);
}

function begun() {
  stay();
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

/** Take a ringing call. Whatever goes wrong before it is ours, it rings on for the others. */
export async function accept({ id }) {
  if (talk.peek() && talk.peek().phase !== "refused") return;
  if (!await begin(id, "asking")) return;
  const mine = ref;
  try {
    change({ phase: "joining" });
    const { sdp, ice_servers: servers } = await get(`calls/${id}/session`);
    connect(servers);
    await pc.setRemoteDescription({ type: "offer", sdp });
    await pc.setLocalDescription(await pc.createAnswer());
    await gathered(pc);
    hear(await told(`calls/${id}/answer`, { ref: mine, sdp: pc.localDescription.sdp }));
    if (ref === mine) begun(); else await put(`calls/${id}/end`, { ref: mine }); // hung up meanwhile
  } catch (problem) { if (ref === mine) fail(problem); }
}

/** Call the customer of a conversation. line: as the server told when it was asked whether one may. */
export async function dial(thread, { ice_servers: servers }) {
  if (talk.peek() && talk.peek().phase !== "refused") return;
  if (!await begin("", "asking")) return;
  const mine = ref;
  try {
    connect(servers);
    await pc.setLocalDescription(await pc.createOffer());
    await gathered(pc);
    const call = await told(`threads/${thread}/calls/${mine}`, { sdp: pc.localDescription.sdp });
    hear(call);
    if (ref !== mine) { await put(`calls/${call.id}/end`, { ref: mine }); return; } // hung up meanwhile
    change({ id: call.id, phase: "dialing" });
    stay();
  } catch (problem) { if (ref === mine) fail(problem); }
}

/** Take the session of the customer's phone, once it has one. */
async function join(id) {
  if (pc?.signalingState !== "have-local-offer") return;
  const of = pc;
  try {
    const { sdp } = await get(`calls/${id}/session`);
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
  } else if (phase === "dialing") untracked(() => { join(id); if (call.state === "talking") begun(); });
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
