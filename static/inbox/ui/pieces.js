// What stands in a conversation beside words: files with reserved size, voice with its waveform, notes, facts.
import { Component, Icon, Still, go, html, t, tn, toast, useEffect, useRef, useState } from "../base.js";
import { PRIORITIES } from "../actions.js";
import { channel, directory, isMine } from "../store.js";
import { apart, bytes, clock, duration, full, markup, soon } from "../text.js";

// ---------------------------------------------------------------- words

const draw = (node) => {
  if (typeof node === "string") return node;
  const inner = node.nodes.map(draw);
  if (node.tag !== "a") return html`<${node.tag}>${inner}<//>`;
  const target = node.href.startsWith("http") ? "_blank" : null;
  return html`<a href=${node.href} target=${target} rel="noopener noreferrer nofollow">${inner}</a>`;
};

/** Text as the channel shows it: light markup and safe links as a tree, never HTML. */
export function Text({ text, look = "" }) {
  return html`<span class=${`text ${look}`} dir="auto">${markup(text).map(draw)}</span>`;
}

// ---------------------------------------------------------------- pictures, video, documents

const BOX = { w: 300, h: 340 };

/** The size a picture is drawn at, known before it loads so that nothing moves. */
function fit({ width, height }, box = BOX) {
  if (!width || !height) return { width: "240px", aspectRatio: "4 / 3" };
  const drawn = Math.max(96, Math.round(width * Math.min(1, box.w / width, box.h / height)));
  return { width: `${drawn}px`, aspectRatio: `${width} / ${Math.max(height, width / 3)}` };
}

function Missing({ file }) {
  const isPending = file.state === "pending";
  const size = ["image", "video"].includes(file.kind) ? fit(file) : null;
  return html`<span class=${`file-missing ${isPending ? "pending" : ""}`} style=${size}>
    <${Icon} name=${isPending ? "clock" : "circle-alert"} />
    <span>${isPending ? t("Fetching the file…") : t("This file could not be fetched.")}
      ${file.detail && html`<small>${file.detail}</small>`}</span></span>`;
}

/** What is seldom needed comes when it is: the lightbox, the details of a message. */
export async function openViewer(what, ...given) {
  try {
    (await import("./viewer.js"))[what](...given);
  } catch { toast(t("This cannot be opened right now."), { tone: "danger" }); }
}

function Picture({ file, threadId, words }) {
  const [isBroken, setBroken] = useState(false);
  const source = file.preview_url || file.url;
  useEffect(() => setBroken(false), [source]);
  if (isBroken) return html`<${Missing} file=${{ ...file, state: "failed", detail: "" }} />`;
  const image = html`<img src=${source} alt=${words} loading="lazy" decoding="async" draggable=${false}
    onError=${() => setBroken(true)} />`;
  const small = fit(file, { w: 140, h: 140 });
  if (file.kind === "sticker") return html`<span class="sticker" style=${small}>${image}</span>`;
  return html`<button type="button" class="photo" style=${fit(file)} aria-label=${t("Open {what}", { what: words })}
    tabindex="-1" onClick=${() => openViewer("openLightbox", threadId, file.id)}>${image}</button>`;
}

const Video = ({ file }) => html`<span class="video" style=${fit(file)}>
  <video src=${file.url} poster=${file.preview_url} controls preload="metadata" playsinline></video></span>`;

function Doc({ file }) {
  const ending = file.filename?.includes(".") ? file.filename.split(".").at(-1).toUpperCase() : "";
  return html`<a class="doc" href=${file.url} download=${file.filename || ""} target="_blank" rel="noopener noreferrer">
    <span class="doc-icon"><${Icon} name="file-text" /></span><span class="doc-name">
      <b dir="auto">${file.filename || t("Document")}</b>
      <small>${[ending, file.size_bytes && bytes(file.size_bytes)].filter(Boolean).join(" · ")}</small></span>
    <${Icon} name="download" /></a>`;
}

// ---------------------------------------------------------------- voice

let playing = null; // one at a time
/** Nothing plays on where nobody sees it. */
export function hush(box) {
  playing?.pause();
  for (const video of box.querySelectorAll("video")) video.pause();
}
const SPEEDS = [1, 1.5, 2];
const FLAT = Array.from({ length: 40 }, (_, i) => 8 + ((i * 7) % 5));
const isRtl = (element) => getComputedStyle(element).direction === "rtl";

/** One bar per 0…31 value. part: how much was played, 0…1. */
function Wave({ values, part }) {
  const bars = (values?.length ? values : FLAT).slice(0, 64);
  const height = (value) => ({ height: `${Math.max(2, Math.min(28, Math.round(value * 0.9)))}px` });
  const look = (i) => (i / bars.length < part ? "p" : "");
  return bars.map((value, i) => html`<i key=${i} class=${look(i)} style=${height(value)}></i>`);
}

/** The next voice message of the same side plays on, as in the customer's own app. */
function playNext(from) {
  const side = (one) => one.closest("[data-direction]")?.dataset.direction;
  const all = [...from.closest(".msgs").querySelectorAll("[data-voice]")];
  const next = all[all.indexOf(from) + 1];
  if (next && side(next) === side(from)) next.querySelector(".play").click();
}

/** Plays a file: [state {at, on, bad}, play/pause, seek, speed]. */
function usePlayer(file, root) {
  const audio = useRef(null);
  const [state, set] = useState({ at: 0, on: false, bad: false });
  const change = (patch) => set((old) => ({ ...old, ...patch }));
  const make = () => {
    const one = Object.assign(new Audio(file.url), { preload: "metadata" });
    one.ontimeupdate = () => change({ at: one.currentTime });
    one.onplay = () => { if (playing !== one) playing?.pause(); playing = one; change({ on: true, bad: false }); };
    one.onpause = () => change({ on: false });
    one.onerror = () => change({ on: false, bad: true });
    one.onended = () => { change({ at: 0, on: false }); playNext(root.current); };
    return one;
  };
  const player = () => { audio.current ||= make(); return audio.current; };
  useEffect(() => () => { audio.current?.pause(); audio.current = null; }, [file.id]);
  const play = () => player().play().catch(() => change({ bad: true }));
  const toggle = () => { if (player().paused) play(); else player().pause(); };
  const seek = (to, length) => {
    const at = Math.max(0, Math.min(length, to));
    player().currentTime = at;
    change({ at });
  };
  return [state, toggle, seek, (rate) => { player().playbackRate = rate; }];
}

/** A recording with its waveform. file: {id, url, duration_s, waveform}. */
export function Voice({ file, words }) {
  const root = useRef(null);
  const [{ at, on, bad }, toggle, seek, setRate] = usePlayer(file, root);
  const [speed, setSpeed] = useState(1);
  const length = file.duration_s || 0;
  const onKey = (event) => {
    const ahead = isRtl(root.current) ? -5 : 5;
    const step = { ArrowRight: ahead, ArrowLeft: -ahead, ArrowUp: 5, ArrowDown: -5 }[event.key];
    if (step) { event.preventDefault(); event.stopPropagation(); seek(at + step, length); }
  };
  const onClick = ({ clientX, currentTarget }) => {
    const box = currentTarget.getBoundingClientRect();
    const part = (clientX - box.left) / box.width;
    seek((isRtl(root.current) ? 1 - part : part) * length, length);
  };
  const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
  const turn = () => { setSpeed(next); setRate(next); };
  const time = bad ? html`<span class="bad">${t("cannot play")}</span>` : duration(on || at ? at : length);
  const slider = {
    role: "slider", tabindex: 0, "aria-label": t("Position"), "aria-valuemin": 0,
    "aria-valuemax": Math.round(length), "aria-valuenow": Math.round(at), "aria-valuetext": duration(at),
  };
  return html`<span class="voice" ref=${root} data-voice><button type="button" class="play" onClick=${toggle}
      aria-label=${on ? t("Pause") : t("Play {what}", { what: words })}>
      <${Icon} name=${on ? "pause" : "play"} /></button>
    <span class="wave" ...${slider} onKeyDown=${onKey} onClick=${onClick}>
      <${Wave} values=${file.waveform} part=${length ? at / length : 0} /></span>
    <span class="voice-time">${time}</span><button type="button" class="speed" onClick=${turn}
      aria-label=${t("Speed {n}×", { n: speed })}><bdi dir="ltr">${speed}×</bdi></button></span>`;
}

const SHOWN_AS = { image: Picture, sticker: Picture, video: Video, audio: Voice, voice: Voice };

/** One attachment as its kind asks for. words: what it is, for those who cannot see it. */
export function Attachment({ file, threadId, words }) {
  if (file.state !== "ready" || !file.url) return html`<${Missing} file=${file} />`;
  return html`<${SHOWN_AS[file.kind] || Doc} key=${file.id} file=${file} threadId=${threadId} words=${words} />`;
}

// ---------------------------------------------------------------- notes

/** A note's words, the names of mentioned members and teams set apart. */
function Mentioning({ text }) {
  const names = [...directory.value.members, ...directory.value.teams].map((one) => `@${one.name}`).sort((a, b) => b.length - a.length);
  const escaped = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const parts = names.length ? text.split(new RegExp(`(${escaped.join("|")})`)) : [text];
  const plain = (part) => html`<${Text} text=${part} />`;
  return parts.map((part) => (names.includes(part) ? html`<span class="at">${part}</span>` : plain(part)));
}

/** A remark that only the team sees; its paper and its lock say so. */
export class Note extends Still {
  render({ note, item, isOpen }) {
    const who = isMine(note.author?.id) || item ? t("You") : note.author?.name;
    const words = t("Note by {who}: {text}", { who, text: note.text });
    return html`<article class="notebox" tabindex=${isOpen ? 0 : -1} data-testid="note" data-entry=${note.id}
      data-id=${note.id} data-ref=${note.client_ref} data-status=${item?.state || "saved"} aria-label=${words}>
      <header><${Icon} name="lock" /><span>${t("Note · only your team sees this")}</span><span class="by">${who}</span>
        <time title=${full(note.at)}>${clock(note.at)}</time></header>
      <p dir="auto"><${Mentioning} text=${note.text} /></p>
      ${item?.state === "failed" && html`<p class="trouble" role="alert">${item.problem.detail}</p>`}</article>`;
  }
}

// ---------------------------------------------------------------- facts

const FOLD = 3; // more facts than this in a row become one line
const joined = (words) => words.filter(Boolean).join(", ");
const without = (some, others) => (some || []).filter((one) => !(others || []).includes(one));

/** What an event changed, in words: `from` and `to` hold the fields that were and are. */
function changeText(type, who, from, to, { scheduled_message: later, channel_id: where }) {
  const [added, gone] = [joined(without(to.labels, from.labels)), joined(without(from.labels, to.labels))];
  const [owner, before] = [to, from].map((one) => joined([one.assignee?.name, one.team?.name]));
  const until = to.until && soon(to.until);
  const when = to.send_at && soon(to.send_at);
  const said = { who, channel: channel(where)?.label || "" };
  const all = { who, added, gone, owner, before, until, when, why: later?.error?.detail };
  return {
    "thread.opened": () => t("Conversation opened"),
    "thread.closed": () => t("{who} closed the conversation", { who }),
    "thread.reopened": () => t("{who} reopened the conversation", { who }),
    "thread.snoozed": () => (until ? t("{who} snoozed until {until}", all) : t("{who} snoozed until they answer", all)),
    "thread.woken": () => t("{who} woke the conversation", { who }),
    "thread.assigned": () => (owner ? t("{who} assigned to {owner}", all) : t("{who} took {before} off", all)),
    "thread.labeled": () => (added ? t("{who} added {added}", all) : t("{who} removed {gone}", all)),
    "thread.breached": () => (to.is_first ? t("The first answer is late") : t("The answer is late")),
    "thread.consent_changed": () => (to.consent === "opted_out" ? t("{who} stopped marketing on {channel}", said)
      : t("{who} allows marketing on {channel} again", said)),
    "thread.identity_changed": () => t("The security code of {who} changed", { who }),
    "thread.identity_confirmed": () => t("{who} confirmed that it is the same person", { who }),
    "thread.message_scheduled": () => t("{who} wrote a message that leaves {when}", all),
    "thread.message_rescheduled": () => t("{who} changed a message that leaves {when}", all),
    "thread.message_unscheduled": () => t("{who} cancelled a message that was to leave {when}", all),
    "thread.message_unsent": () => t("A message that was to leave {when} was not sent: {why}", all),
    "thread.split": () => apart(to.part, who),
    "thread.joined": () => t("{who} joined two conversations here", { who }),
    "thread.prioritized": () => t("{who} set priority to {to}", { who, to: PRIORITIES[to.priority]?.().toLowerCase() }),
  }[type]?.() || type.replace(".", " ");
}

/** One sentence for an event of a conversation. */
function factText({ type, actor, data }) {
  const who = !actor || actor.kind === "system" ? t("Parley") : isMine(actor.id) ? t("You") : actor.name;
  const isOwn = isMine(actor?.id) && isMine(data.to?.assignee?.id) && data.from?.assignee?.id !== actor.id;
  if (type === "thread.assigned" && isOwn) return t("You took it");
  return changeText(type, who, data.from || {}, data.to || {}, data);
}

/** Events that follow each other, small; many fold into one line that opens. */
export class Facts extends Component {
  render({ events }, { isOpen }) {
    const fact = (event) => html`<div class="fact" key=${event.id} title=${full(event.at)}>${factText(event)} · <time>
      ${clock(event.at)}</time>${event.type === "thread.split" && html` <button type="button" class="linkbtn" data-testid="other-part"
      onClick=${() => go({ thread: event.data.to.other_id })}>${t("Show it")}</button>`}</div>`;
    if (events.length <= FOLD || isOpen) return events.map(fact);
    const words = `${tn("{n} change", "{n} changes", events.length)} · ${factText(events.at(-1))}`;
    return html`<div class="fact"><button type="button" class="linkbtn" aria-expanded="false"
      onClick=${() => this.setState({ isOpen: true })}>${words}</button></div>`;
  }
}
