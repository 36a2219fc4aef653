// The chat: days, messages, typing, scrolling that stays where the reader is.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Bubble } from "./bubble.js";
import { isTyping, minute, openKey, openNumber, openThread } from "./state.js";
import { loadOlder, loadThread } from "./threads.js";
import { openMenu } from "./menu.js";
import { startEdit, startReply } from "./drafts.js";
import { chatKeys } from "./chat-keys.js";
import { dayKey, dayWords } from "./when.js";
import { place } from "./state.js";

const RUN_MS = 5 * 60e3;
const NEAR = 48;

export function Chat() {
  const key = openKey.value;
  return html`<${ChatOf} key=${key} />`;
}

function ChatOf() {
  const scroller = useRef(null);
  const thread = openThread.value ?? { list: [], hasMore: false, phase: "loading" };
  const [current, setCurrent] = useState(null);
  const [flash, setFlash] = useState(null);
  const keep = useScroll(scroller, thread.list);
  const jump = (id) => jumpTo(scroller.current, id, setFlash, setCurrent);
  const menu = (anchor, message, focus) => openMenu(anchor, message, { focus, onReply: startReply, onEdit: startEdit });
  const last = thread.list.at(-1);
  const hold = (event) => { const row = event.target.closest("[data-row]"); if (row) setCurrent(row.dataset.row); };
  const row = { onJump: jump, onMenu: menu, onReply: startReply };
  return html`<div class="chatwrap">
    <div class="chat" ref=${scroller} onScroll=${keep.onScroll} onFocusIn=${hold} onKeyDown=${chatKeys(thread.list, current ?? last?.id, setCurrent, menu)}
        role="log" aria-live="off" aria-label=${`Chat with ${openNumber.value?.verified_name ?? "business"}`} tabindex=${thread.list.length ? -1 : 0}>
      <div class="chatin" ref=${keep.content}>
      ${thread.hasMore ? html`<${Older} />` : null}
      ${days(thread.list).map((day) => html`<section class="day" key=${day.key} aria-label=${dayWords(day.at, minute.value)}>
        <h3><span>${dayWords(day.at, minute.value)}</span></h3>
        <ol>${day.list.map(({ message, isFirst }) => html`<${Bubble} key=${message.client_ref ?? message.id} message=${message} isFirst=${isFirst}
          isCurrent=${message.id === (current ?? last?.id)} isFlashing=${flash === message.id} ...${row} />`)}</ol>
      </section>`)}
      ${thread.list.length ? null : html`<${Nothing} phase=${thread.phase} />`}
      ${isTyping.value ? html`<p class="m them run typing"><span class="bubble dots" role="img" aria-label="Typing"><i /><i /><i /></span></p>` : null}
      </div>
    </div>
    ${keep.missed ? html`<button type="button" class="down" onClick=${keep.toBottom}><${Icon} name="arrow-down" />${keep.missed} new</button>`
      : keep.isAway ? html`<button type="button" class="down round" aria-label="To the newest message" onClick=${keep.toBottom}><${Icon} name="chevron-down" /></button>` : null}
  </div>`;
}

function Nothing({ phase }) {
  const { channel, number } = place.value;
  if (phase === "loading") return html`<div class="ghosts chatghosts" aria-hidden="true"><i /><i class="me" /><i /></div>`;
  if (phase === "error") {
    return html`<div class="blank"><${Icon} name="cloud-off" /><p>The messages could not be loaded.</p>
      <button class="btn" type="button" onClick=${() => loadThread(channel, number)}>Try again</button></div>`;
  }
  return html`<div class="blank note"><p><${Icon} name="lock" />Messages stay on this computer. Write the first one: it reaches ${openNumber.value?.verified_name ?? "the business"} as a signed webhook.</p></div>`;
}

function Older() {
  const mark = useRef(null);
  useEffect(() => {
    const watch = new IntersectionObserver(([entry]) => { if (entry.isIntersecting) loadOlder(); }, { rootMargin: "200px" });
    watch.observe(mark.current);
    return () => watch.disconnect();
  }, []);
  return html`<p class="older" ref=${mark}><button type="button" class="btn small" onClick=${loadOlder}>Earlier messages</button></p>`;
}

// Keeps the newest message in view for who is at the foot, and the same message in place for who reads above.
function useScroll(scroller, list) {
  const content = useRef(null);
  const state = useRef({ isPinned: true, height: 0, firstId: null, lastId: null });
  const [missed, setMissed] = useState(0);
  const [isAway, setAway] = useState(false);
  const toBottom = () => { state.current.isPinned = true; settle(); setMissed(0); };
  const settle = () => { const box = scroller.current; if (box && state.current.isPinned) box.scrollTop = box.scrollHeight; };
  const onScroll = ({ currentTarget: box }) => {
    const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    state.current.isPinned = isNear;
    setAway(box.scrollHeight - box.scrollTop - box.clientHeight > 400);
    if (isNear) setMissed(0);
  };
  useLayoutEffect(() => {
    const { current: was } = state;
    const box = scroller.current;
    const isPrepended = was.firstId && list[0]?.id !== was.firstId && list.at(-1)?.id === was.lastId;
    if (isPrepended) box.scrollTop += box.scrollHeight - was.height;
    if (list.at(-1)?.from_me && list.at(-1).id !== was.lastId && list.at(-1).local) was.isPinned = true;
    if (!was.isPinned && was.lastId && !isPrepended) setMissed((n) => n + newAfter(list, was.lastId));
    settle();
    Object.assign(was, { height: box.scrollHeight, firstId: list[0]?.id, lastId: list.at(-1)?.id });
  }, [list]);
  useEffect(() => {
    const watch = new ResizeObserver(settle);
    watch.observe(scroller.current);
    watch.observe(content.current);
    return () => watch.disconnect();
  }, []);
  return { content, onScroll, toBottom, missed, isAway };
}

function newAfter(list, id) {
  const at = list.findIndex((m) => m.id === id);
  return at < 0 ? 0 : list.slice(at + 1).filter((m) => !m.from_me).length;
}

function days(list) {
  const groups = [];
  list.forEach((message, i) => {
    const key = dayKey(message.at);
    if (groups.at(-1)?.key !== key) groups.push({ key, at: message.at, list: [] });
    const before = groups.at(-1).list.at(-1)?.message;
    const isFirst = !before || before.from_me !== message.from_me || Date.parse(message.at) - Date.parse(before.at) > RUN_MS;
    groups.at(-1).list.push({ message, isFirst });
  });
  return groups;
}

function jumpTo(box, id, setFlash, setCurrent) {
  const row = box.querySelector(`[data-row="${CSS.escape(id)}"]`);
  if (!row) return;
  row.scrollIntoView({ block: "center" });
  setCurrent(id);
  setFlash(id);
  row.querySelector(".bubble").focus({ preventScroll: true });
  setTimeout(() => setFlash(null), 1200);
}
