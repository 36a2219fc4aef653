// Calls by WhatsApp from this page's browser: its microphone (or a tone, where there is none) and the connection.
import { signal } from "@preact/signals";
import { show } from "./announce.js";
import { actOnVoiceCall, postVoiceCall } from "./api.js";
import { apply } from "./apply.js";

const GATHER_MS = 2000;
const TONE_HZ = 440;
/** The call whose sound is here: {id, isMuted, isTone} or null. */
export const mine = signal(null);
let [pc, stream, context, sender] = [null, null, null, null];
const sound = new Audio();
const joined = new Set(); // calls of businesses that have our session already

function release() {
  stream?.getTracks().forEach((track) => track.stop());
  context?.close();
  pc?.close();
  sound.srcObject = null;
  [pc, stream, context, sender] = [null, null, null, null];
  mine.value = null;
}

/** A steady tone in the place of a voice. */
function tone() {
  context = new AudioContext();
  const oscillator = Object.assign(context.createOscillator(), { type: "sine" });
  oscillator.frequency.value = TONE_HZ;
  const out = context.createMediaStreamDestination();
  oscillator.connect(out);
  oscillator.start();
  return out.stream;
}

async function voice() {
  try { return [await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } }), false]; } catch {
    return [tone(), true];
  }
}

function open() {
  pc = new RTCPeerConnection();
  pc.ontrack = ({ track }) => { sound.srcObject = new MediaStream([track]); };
}

async function session() {
  const of = pc;
  await new Promise((done) => {
    const look = () => of.iceGatheringState === "complete" && done();
    of.addEventListener("icegatheringstatechange", look);
    setTimeout(done, GATHER_MS);
    look();
  });
  return of.localDescription.sdp;
}

/** Call the business. */
export async function callBusiness(channel, number) {
  if (pc) return;
  open();
  mine.value = { id: "", isMuted: false, isTone: false };
  try {
    const [own, isTone] = await voice();
    stream = own;
    for (const track of own.getTracks()) sender = pc.addTrack(track, own);
    await pc.setLocalDescription(await pc.createOffer());
    const message = await postVoiceCall(channel, number, { sdp: await session() });
    mine.value = { ...mine.peek(), id: message.id, isTone };
    apply({ type: "answer", data: message });
  } catch (error) { release(); show(error.message); }
}

/** A business calls: have a session ready, so that its first words are not cut. Nothing is heard yet. */
export async function join({ id, content }) {
  if (pc || joined.has(id) || !content.voice_call.offer) return;
  joined.add(id);
  open();
  mine.value = { id, isMuted: false, isTone: false };
  try {
    await pc.setRemoteDescription({ type: "offer", sdp: content.voice_call.offer });
    const [line] = pc.getTransceivers();
    line.direction = "sendrecv";
    sender = line.sender;
    await pc.setLocalDescription(await pc.createAnswer());
    await actOnVoiceCall(id, { sdp: await session() });
  } catch (error) { release(); show(error.message); }
}

/** Take the call of a business. */
export async function take(id) {
  try {
    const [own, isTone] = await voice();
    stream = own;
    await sender?.replaceTrack(own.getAudioTracks()[0]);
    if (mine.peek()) mine.value = { ...mine.peek(), isTone };
    await actOnVoiceCall(id, { answer: true });
  } catch (error) { show(error.message); }
}

export async function hangUp(id, what = { hang_up: true }) {
  release();
  try { await actOnVoiceCall(id, what); } catch (error) { show(error.message); }
}

export function mute() {
  const isMuted = !mine.peek().isMuted;
  stream?.getAudioTracks().forEach((track) => { track.enabled = !isMuted; });
  mine.value = { ...mine.peek(), isMuted };
}

/** What became of the call that is here. */
export async function follow({ id, content: { voice_call: state } }) {
  if (mine.peek()?.id !== id) return;
  if (state.status === "ended") { release(); return; }
  if (state.answer && pc.signalingState === "have-local-offer") await pc.setRemoteDescription({ type: "answer", sdp: state.answer });
  if (state.status === "talking") sound.play().catch(() => {});
}

/** For tests: what the connection counts. */
export const stats = async () => (pc ? [...(await pc.getStats()).values()] : []);
