// A voice note: recorded with its level and time, paused, listened to, thrown away or sent.
import { Icon, announce, go, html, newRef, signal, t, toast, useEffect, useRef } from "../base.js";
import { messagesOf, oops } from "../actions.js";
import { hooks } from "../commands.js";
import { draftOf, editDraft } from "../drafts.js";
import { send } from "../outbox.js";
import { channelOf, slotOf } from "../places.js";
import { upload } from "../server.js";
import { duration } from "../text.js";
import { Voice } from "./pieces.js";

const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"]; // the server makes Ogg of them all
const TICK_MS = 100;
const MOST_S = 15 * 60;
const BARS = 40;

const PROBLEMS = {
  NotAllowedError: () => t("The microphone is not allowed for this page. Allow it with the sign beside the address, then try again."),
  NotFoundError: () => t("No microphone was found. Connect one, or attach a sound file."),
  NotReadableError: () => t("Another program uses the microphone. Close that one, then try again."),
  none: () => t("This browser records only at a safe address (https). You can attach a sound file instead."),
};

/** {id: thread, phase: asking|recording|paused|ready|sending|refused, seconds, levels, problem?, file?, blob?} or null; it
    outlives the bar, so that going to another conversation only pauses it. */
const take = signal(null);
let [recorder, chunks, timer, context] = [null, [], 0, null];
const change = (patch) => { take.value = { ...take.peek(), ...patch }; };

function release() {
  clearInterval(timer);
  recorder?.stream.getTracks().forEach((track) => track.stop());
  context?.close();
  [recorder, context] = [null, null];
}

function drop() {
  if (recorder && recorder.state !== "inactive") { recorder.onstop = null; recorder.stop(); }
  release();
  if (take.peek()?.file) URL.revokeObjectURL(take.peek().file.url);
  take.value = null;
}

/** Give `hear` the loudness of the microphone, 0…31, ten times a second. */
function listen(stream, hear) {
  context = new AudioContext();
  const analyser = Object.assign(context.createAnalyser(), { fftSize: 1024 });
  const samples = new Float32Array(analyser.fftSize);
  context.createMediaStreamSource(stream).connect(analyser);
  timer = setInterval(() => {
    if (recorder?.state !== "recording") return;
    analyser.getFloatTimeDomainData(samples);
    const power = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    hear(Math.min(31, Math.round(power * 160)));
  }, TICK_MS);
}

function hear(level) {
  const { seconds, levels } = take.peek();
  change({ seconds: seconds + TICK_MS / 1000, levels: [...levels, level] });
  if (seconds > MOST_S) recorder.stop();
}

function ready() {
  const { seconds, levels } = take.peek();
  const blob = new Blob(chunks, { type: recorder.mimeType.split(";")[0] });
  const each = Math.max(1, levels.length / BARS);
  const waveform = Array.from({ length: BARS }, (_, i) => Math.max(0, ...levels.slice(Math.floor(i * each), Math.ceil((i + 1) * each))));
  release();
  change({ phase: "ready", blob, file: { id: newRef(), url: URL.createObjectURL(blob), duration_s: seconds, waveform } });
}

/** Ask for the microphone and record for a conversation. */
async function begin(id) {
  take.value = { id, phase: "asking", seconds: 0, levels: [] };
  const refuse = (name) => { const problem = (PROBLEMS[name] || PROBLEMS.NotReadableError)(); change({ phase: "refused", problem }); announce(problem); };
  if (!navigator.mediaDevices || !globalThis.MediaRecorder) { refuse("none"); return; }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true } });
    if (take.peek()?.id !== id) { stream.getTracks().forEach((track) => track.stop()); return; } // thrown away meanwhile
    recorder = new MediaRecorder(stream, { mimeType: TYPES.find((one) => MediaRecorder.isTypeSupported(one)), audioBitsPerSecond: 32_000 });
    chunks = [];
    recorder.ondataavailable = ({ data }) => chunks.push(data);
    recorder.onstop = ready;
    recorder.start(1000);
    listen(stream, hear);
    change({ phase: "recording" });
    announce(t("Recording"));
  } catch ({ name }) { refuse(name); }
}

function pauseOrGoOn() {
  const isPaused = recorder.state === "paused";
  recorder[isPaused ? "resume" : "pause"]();
  change({ phase: isPaused ? "recording" : "paused" });
}

async function deliver(id) {
  const { blob, phase } = take.peek();
  if (phase === "sending") return;
  change({ phase: "sending" });
  const slot = slotOf(id, "reply");
  const file = new File([blob], "voice", { type: blob.type });
  try {
    const attachment = await upload(file, { kind: "voice", key: newRef(), onProgress() {} }).done;
    const { quote, seen } = draftOf(id, slot).peek();
    const said = { text: "", files: [{ kind: "voice", attachment }], quote, seen };
    messagesOf(id, channelOf(slot), said).forEach(([body, show]) => send(id, "reply", body, show));
    if (quote) editDraft(id, slot, { quote: null });
    drop();
  } catch (problem) { oops(problem); change({ phase: "ready" }); }
}

const Level = ({ levels }) => html`<span class="level" aria-hidden="true">${levels.slice(-BARS).map((one, i) => html`<i key=${i}
  style=${{ height: `${Math.max(2, one * 0.8)}px` }}></i>`)}</span>`;

const isFree = () => document.activeElement === document.body;

/** In place of the composer's tools while there is a recording of this conversation. */
function Recorder({ id }) {
  const { phase, seconds, levels, problem, file } = take.value || {};
  const ref = useRef(null);
  useEffect(() => () => { if (recorder?.state === "recording") pauseOrGoOn(); }, []);
  // The button that was pressed goes, here and where this stood: the focus stays near
  useEffect(() => { if (isFree()) ref.current.focus(); }, [phase]);
  useEffect(() => () => requestAnimationFrame(() => isFree() && hooks.focusComposer?.()), []);
  const button = (name, icon, run) => html`<button type="button" class="iconbtn" aria-label=${name} title=${name} onClick=${run}>
    <${Icon} name=${icon} /></button>`;
  const done = html`<span class="end"><button type="button" class="btn primary" data-testid="send-voice" autofocus disabled=${phase === "sending"}
    onClick=${() => deliver(id)}>${t("Send")}</button></span>`;
  const isLive = phase === "recording" || phase === "paused";
  return html`<div class="tools recorder" data-testid="recorder" data-phase=${phase} tabindex="-1" ref=${ref}>${button(t("Discard the recording"), "trash-2", drop)}
    ${phase === "asking" && html`<span role="status">${t("The browser asks for the microphone…")}</span>`}
    ${phase === "refused" && html`<span role="alert">${problem}</span>${button(t("Try again"), "refresh-cw", () => begin(id))}`}
    ${isLive && html`<span class=${`red ${phase}`}></span><span role="timer" aria-label=${t("Length")}>${duration(seconds)}</span>
      <${Level} levels=${levels} />${phase === "paused" ? button(t("Go on recording"), "mic", pauseOrGoOn) : button(t("Pause"), "pause", pauseOrGoOn)}
      ${button(t("Stop and listen"), "square", () => recorder.stop())}`}
    ${file && html`<${Voice} file=${file} words=${t("your recording")} />${done}`}</div>`;
}

/** Record for a conversation: gives what is to be shown while there is a recording. */
export function record(id) {
  const other = take.peek();
  if (other && other.id !== id) {
    toast(t("A recording waits in another conversation. Send or discard it first."), { action: { label: t("Open it"), run: () => go({ thread: other.id }) } });
  } else if (!other) begin(id);
  return { take, Recorder };
}
