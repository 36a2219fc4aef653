// Files inside bubbles: pictures with reserved size and a lightbox, voice with its waveform, video, documents.
import { Icon, html, t, useEffect, useRef, useState } from "../base.js";
import { timeline } from "../store.js";
import { bytes, duration } from "../text.js";
import { closeLayer, openDialog } from "./layers.js";

const BOX = { w: 300, h: 340 };

/** The size a picture is drawn at, known before it loads so that nothing moves. */
function fit({ width, height }, box = BOX) {
  if (!width || !height) return { width: "240px", aspectRatio: "4 / 3" };
  const scale = Math.min(1, box.w / width, box.h / height);
  return { width: `${Math.max(96, Math.round(width * scale))}px`, aspectRatio: `${width} / ${Math.max(height, width / 3)}` };
}

function Missing({ file }) {
  const isPending = file.state === "pending";
  return html`<span class=${`file-missing ${isPending ? "pending" : ""}`} style=${file.kind === "image" || file.kind === "video" ? fit(file) : null}>
    <${Icon} name=${isPending ? "clock" : "circle-alert"} /><span>${isPending ? t("Fetching the file…") : t("This file could not be fetched.")}${file.detail && html`<small>${file.detail}</small>`}</span></span>`;
}

function Picture({ file, threadId, words }) {
  const isSticker = file.kind === "sticker";
  const [isBroken, setBroken] = useState(false);
  useEffect(() => setBroken(false), [file.preview_url, file.url]);
  const image = isBroken ? html`<${Missing} file=${{ ...file, state: "failed", detail: "" }} />`
    : html`<img src=${file.preview_url || file.url} alt=${words} loading="lazy" decoding="async" draggable=${false} onError=${() => setBroken(true)} />`;
  if (isSticker) return html`<span class="sticker" style=${fit(file, { w: 140, h: 140 })}>${image}</span>`;
  return html`<button type="button" class="photo" style=${fit(file)} aria-label=${t("Open {what}", { what: words })} tabindex="-1" onClick=${() => openLightbox(threadId, file.id)}>${image}</button>`;
}

const Video = ({ file }) => html`<span class="video" style=${fit(file)}><video src=${file.url} poster=${file.preview_url} controls preload="metadata" playsinline></video></span>`;

const Doc = ({ file }) => html`<a class="doc" href=${file.url} download=${file.filename || ""} target="_blank" rel="noopener noreferrer">
  <span class="doc-icon"><${Icon} name="file-text" /></span><span class="doc-name"><b dir="auto">${file.filename || t("Document")}</b><small>${[file.filename?.split(".").at(-1).toUpperCase(), file.size_bytes && bytes(file.size_bytes)].filter(Boolean).join(" · ")}</small></span><${Icon} name="download" /></a>`;

// ---------------------------------------------------------------- voice

let playing = null;
const SPEEDS = [1, 1.5, 2];
const FLAT = Array.from({ length: 40 }, (_, i) => 8 + ((i * 7) % 5));

/** One bar per 0…31 value, at most 48 of them. */
function Wave({ values, part }) {
  const bars = (values?.length ? values : FLAT).slice(0, 64);
  return bars.map((value, i) => html`<i key=${i} class=${i / bars.length < part ? "p" : ""} style=${{ height: `${Math.max(2, Math.min(28, Math.round(value * 0.9)))}px` }}></i>`);
}

function Voice({ file, words }) {
  const audio = useRef(null);
  const [state, set] = useState({ at: 0, on: false, bad: false });
  const [speed, setSpeed] = useState(1);
  const root = useRef(null);
  const length = file.duration_s || audio.current?.duration || 0;
  const player = () => {
    if (audio.current) return audio.current;
    const one = new Audio(file.url);
    one.preload = "metadata";
    one.ontimeupdate = () => set((old) => ({ ...old, at: one.currentTime }));
    one.onplay = () => { if (playing && playing !== one) playing.pause(); playing = one; set((old) => ({ ...old, on: true, bad: false })); };
    one.onpause = () => set((old) => ({ ...old, on: false }));
    one.onerror = () => set({ at: 0, on: false, bad: true });
    one.onended = () => { set({ at: 0, on: false, bad: false }); playNext(root.current); };
    audio.current = one;
    return one;
  };
  useEffect(() => () => { audio.current?.pause(); audio.current = null; }, [file.id]);
  const toggle = () => { const one = player(); one.playbackRate = speed; if (one.paused) one.play().catch(() => set((old) => ({ ...old, bad: true }))); else one.pause(); };
  const seek = (to) => { const one = player(); one.currentTime = Math.max(0, Math.min(length || one.duration || 0, to)); set((old) => ({ ...old, at: one.currentTime })); };
  const onKey = (event) => {
    const rtl = getComputedStyle(root.current).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: 5 * rtl, ArrowLeft: -5 * rtl, ArrowUp: 5, ArrowDown: -5 }[event.key];
    if (step) { event.preventDefault(); event.stopPropagation(); seek(state.at + step); }
  };
  const onClick = (event) => { const box = event.currentTarget.getBoundingClientRect(); const x = (event.clientX - box.left) / box.width; seek((getComputedStyle(root.current).direction === "rtl" ? 1 - x : x) * length); };
  const turn = () => { const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length]; setSpeed(next); if (audio.current) audio.current.playbackRate = next; };
  return html`<span class="voice" ref=${root} data-voice>
    <button type="button" class="play" aria-label=${state.on ? t("Pause") : t("Play {what}", { what: words })} onClick=${toggle}><${Icon} name=${state.on ? "pause" : "play"} /></button>
    <span class="wave" role="slider" tabindex="0" aria-label=${t("Position")} aria-valuemin="0" aria-valuemax=${Math.round(length)} aria-valuenow=${Math.round(state.at)}
      aria-valuetext=${duration(state.at)} onKeyDown=${onKey} onClick=${onClick}><${Wave} values=${file.waveform} part=${length ? state.at / length : 0} /></span>
    <span class="voice-time">${state.bad ? html`<span class="bad">${t("cannot play")}</span>` : duration(state.on || state.at ? state.at : length)}</span>
    <button type="button" class="speed" aria-label=${t("Speed {n} times", { n: speed })} onClick=${turn}>${speed}×</button></span>`;
}

/** The next voice message after this one plays on, as in the customer's own app. */
function playNext(from) {
  const all = [...document.querySelectorAll("[data-voice]")];
  const after = all[all.indexOf(from) + 1];
  if (after && after.closest("[data-direction]")?.dataset.direction === from.closest("[data-direction]")?.dataset.direction) after.querySelector(".play").click();
}

/** One attachment as its kind asks for. words: what it is, for those who cannot see it. */
export function Attachment({ file, threadId, words }) {
  if (file.state !== "ready" || !file.url) return html`<${Missing} file=${file} />`;
  if (file.kind === "image" || file.kind === "sticker") return html`<${Picture} file=${file} threadId=${threadId} words=${words} />`;
  if (file.kind === "video") return html`<${Video} file=${file} />`;
  if (file.kind === "audio" || file.kind === "voice") return html`<${Voice} key=${file.id} file=${file} words=${words} />`;
  return html`<${Doc} file=${file} />`;
}

// ---------------------------------------------------------------- lightbox

function Lightbox({ threadId, first }) {
  const files = timeline(threadId).value.entries.flatMap((entry) => entry.message?.attachments || []).filter((file) => file.kind === "image" && file.state === "ready" && file.url);
  const [id, setId] = useState(first);
  const [zoom, setZoom] = useState(1);
  const at = Math.max(0, files.findIndex((file) => file.id === id));
  const file = files[at];
  if (!file) return null;
  const show = (to) => { if (files[to]) { setId(files[to].id); setZoom(1); } };
  const scale = (by) => setZoom((old) => Math.max(1, Math.min(5, old * by)));
  const onKey = (event) => {
    const rtl = document.dir === "rtl" ? -1 : 1;
    const acts = { ArrowRight: () => show(at + rtl), ArrowLeft: () => show(at - rtl), "+": () => scale(1.4), "=": () => scale(1.4), "-": () => scale(1 / 1.4), 0: () => setZoom(1) };
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  };
  const onWheel = (event) => { if (event.ctrlKey || event.metaKey) { event.preventDefault(); scale(event.deltaY < 0 ? 1.15 : 1 / 1.15); } };
  const tool = (name, icon, run, off) => html`<button type="button" class="iconbtn" aria-label=${name} title=${name} disabled=${off} onClick=${run}><${Icon} name=${icon} /></button>`;
  return html`<div class="lightbox-in" onKeyDown=${onKey}>
    <header><span dir="auto">${file.filename}</span><span class="num">${at + 1} / ${files.length}</span>
      ${tool(t("Smaller"), "zoom-out", () => scale(1 / 1.4), zoom <= 1)}${tool(t("Larger"), "zoom-in", () => scale(1.4), zoom >= 5)}
      <a class="iconbtn" href=${file.url} download=${file.filename || ""} aria-label=${t("Download")} title=${t("Download")}><${Icon} name="download" /></a>${tool(t("Close"), "x", closeLayer)}</header>
    <div class="stage" onWheel=${onWheel} onClick=${(event) => event.target === event.currentTarget && closeLayer()}>
      <img key=${file.id} src=${file.url} alt=${file.filename || t("Photo")} class=${zoom > 1 ? "zoomed" : ""} style=${{ width: zoom > 1 ? `${zoom * 100}%` : "" }} onClick=${() => setZoom(zoom > 1 ? 1 : 2)} /></div>
    ${files.length > 1 && html`<button type="button" class="iconbtn prev" aria-label=${t("Previous picture")} disabled=${at === 0} onClick=${() => show(at - 1)}><${Icon} name="chevron-left" /></button>
      <button type="button" class="iconbtn next" aria-label=${t("Next picture")} disabled=${at === files.length - 1} onClick=${() => show(at + 1)}><${Icon} name="chevron-right" /></button>`}</div>`;
}

const openLightbox = (threadId, first) => openDialog(t("Picture"), () => html`<${Lightbox} threadId=${threadId} first=${first} />`, { className: "lightbox" });
