// Recording a voice note: level and time while speaking, pause, send or discard. A refused microphone is explained.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon, IconButton } from "./icon.js";
import { Microphone } from "./microphone.js";
import { sendFile } from "./staged.js";
import { setDraft } from "./drafts.js";
import { announce } from "./announce.js";
import { duration } from "./when.js";

const BARS = 40;

export function Recorder({ quote, onEnd }) {
  const microphone = useRef(null);
  const main = useRef(null);
  const [state, set] = useState({ phase: "asking", levels: [], seconds: 0, problem: null });
  useEffect(() => {
    microphone.current = new Microphone((change) => set((old) => ({ ...old, ...change })));
    microphone.current.start();
    return () => microphone.current.stop();
  }, []);
  useEffect(() => { if (state.phase === "recording") announce("Recording"); main.current?.focus(); }, [state.phase]);
  const finish = async () => {
    const note = await microphone.current.finish();
    if (note) sendNote(note, quote);
    onEnd();
  };
  const isAsking = state.phase === "asking";
  const isPaused = state.phase === "paused";
  const keys = (event) => { if (event.key === "Escape") onEnd(); };
  if (state.problem) return html`<${Problem} problem=${state.problem} onEnd=${onEnd} main=${main} />`;
  return html`<div class="write recorder" role="group" aria-label="Voice note" onKeyDown=${keys}>
    <div class="writeline">
      <${IconButton} name="trash-2" label="Discard the recording" onClick=${onEnd} />
      <span class=${`rec ${state.phase}`} aria-hidden="true"></span>
      <span class="num" role="timer">${duration(state.seconds)}</span>
      <${Levels} levels=${state.levels} words=${isAsking ? "Allow the microphone…" : null} />
      <${IconButton} name=${isPaused ? "mic" : "pause"} label=${isPaused ? "Go on recording" : "Pause"} disabled=${isAsking}
        onClick=${() => microphone.current.pauseOrResume()} />
      <button class="roundb" type="button" ref=${main} data-testid="phone-record-send" aria-label="Send the voice note" disabled=${isAsking} onClick=${finish}>
        <${Icon} name="send-horizontal" /></button>
    </div>
  </div>`;
}

function Levels({ levels, words }) {
  if (words) return html`<span class="levels">${words}</span>`;
  const bars = [...Array(Math.max(0, BARS - levels.length)).fill(0), ...levels.slice(-BARS)];
  return html`<svg class="levels" viewBox="0 0 160 28" preserveAspectRatio="none" aria-hidden="true">
    ${bars.map((level, i) => html`<rect key=${i} x=${i * 4} y=${14 - height(level) / 2} width="2.4" height=${height(level)} rx="1.2" />`)}
  </svg>`;
}

const height = (level) => Math.max(2, Math.min(28, level * 28));

function Problem({ problem, onEnd, main }) {
  return html`<div class="write problem" role="alert">
    <${Icon} name="mic-off" /><p><b>${problem.title}</b> ${problem.detail}</p>
    <button class="btn small" type="button" ref=${main} onClick=${onEnd}>Close</button>
  </div>`;
}

function sendNote({ blob, seconds, levels }, quote) {
  const extension = blob.type.includes("ogg") ? "ogg" : blob.type.includes("mp4") ? "m4a" : "webm";
  const file = new File([blob], `voice-note.${extension}`, { type: blob.type });
  const staged = { file, kind: "voice", preview: URL.createObjectURL(blob), media: { mime: blob.type, size: blob.size } };
  setDraft({ quote: null });
  sendFile(staged, "", quote?.id, { duration_s: seconds, waveform: shrink(levels, 48) });
}

// The levels heard, as 48 bars of 0–31 like those the server measures later.
function shrink(levels, count) {
  if (!levels.length) return undefined;
  return Array.from({ length: count }, (_, i) => Math.round(Math.min(1, levels[Math.floor((i * levels.length) / count)]) * 31));
}
