// Voice notes and other sound: play, waveform to seek in by pointer or keys, speed. One plays at a time.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { duration } from "./when.js";
import { kindOf } from "./words.js";
import { markPlayed } from "./api.js";

const SPEEDS = [1, 1.5, 2];
const FLAT = Array.from({ length: 48 }, () => 3);
let playing = null;

export function Sound({ message, meta }) {
  const audio = useRef(null);
  const [state, set] = useState({ at: 0, isPlaying: false, isBroken: false });
  const [speed, setSpeed] = useState(1);
  const source = message.preview ?? message.media?.url;
  const total = message.media?.duration_s || 0;
  const playWords = kindOf(message) === "voice" ? "Play voice note" : "Play audio";
  const press = () => { toggle(audio.current); tellPlayed(message); };
  useEffect(() => follow(audio.current, set), [source]);
  useEffect(() => { audio.current.playbackRate = speed; }, [speed]);
  return html`<div class="vnote">
    <audio ref=${audio} src=${source} preload="none" />
    <button type="button" class="playb" aria-label=${state.isPlaying ? "Pause" : playWords} onClick=${press}>
      <${Icon} name=${state.isPlaying ? "pause" : "play"} />
    </button>
    <${Wave} bars=${message.media?.waveform ?? FLAT} at=${state.at} total=${total} onSeek=${(to) => seek(audio.current, to)} />
    <span class="below">
      <span class="num">${state.isBroken ? "Cannot be played" : state.at ? `${duration(state.at)} of ${duration(total)}` : duration(total)}</span>
      ${state.isPlaying || speed !== 1 ? html`<${Speed} speed=${speed} onChange=${setSpeed} />` : null}
      ${meta}
    </span>
  </div>`;
}

function Speed({ speed, onChange }) {
  const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
  return html`<button type="button" class="speed" aria-label=${`Speed ${speed} times`} onClick=${() => onChange(next)}>${speed}×</button>`;
}

function Wave({ bars, at, total, onSeek }) {
  const part = total ? at / total : 0;
  const keys = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    onSeek(Math.min(total, Math.max(0, at + step)));
  };
  const point = (event) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    onSeek(((event.clientX - left) / width) * total);
  };
  return html`<svg class="wave" viewBox=${`0 0 ${bars.length * 4 - 2} 32`} preserveAspectRatio="none" onKeyDown=${keys} onPointerDown=${point}
      role="slider" tabindex="0" aria-label="Position" aria-valuemin="0" aria-valuemax=${Math.round(total)} aria-valuenow=${Math.round(at)}
      aria-valuetext=${`${duration(at)} of ${duration(total)}`}>
    ${bars.map((bar, i) => {
      const height = Math.max(3, Math.min(31, bar));
      return html`<rect key=${i} x=${i * 4} y=${16 - height / 2} width="2.4" height=${height} rx="1.2" class=${part > i / bars.length ? "on" : ""} />`;
    })}
  </svg>`;
}

// The business learns when its voice note is played for the first time.
function tellPlayed(message) {
  if (!message.from_me && message.status !== "played") markPlayed(message.id).catch(() => {});
}

function toggle(audio) {
  if (!audio.paused) return audio.pause();
  if (playing && playing !== audio) playing.pause();
  playing = audio;
  return audio.play().catch(() => {});
}

function seek(audio, to) {
  if (Number.isFinite(to)) audio.currentTime = to;
}

function follow(audio, set) {
  const tell = () => set({ at: audio.ended ? 0 : audio.currentTime, isPlaying: !audio.paused && !audio.ended, isBroken: Boolean(audio.error) });
  const names = ["play", "pause", "timeupdate", "ended", "error", "seeked"];
  names.forEach((name) => audio.addEventListener(name, tell));
  return () => {
    audio.pause();
    names.forEach((name) => audio.removeEventListener(name, tell));
  };
}
