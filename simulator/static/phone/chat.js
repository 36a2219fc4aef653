// The chat: days, messages, typing, and the ways to older and newer ones.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon, IconButton } from "./icon.js";
import { Bubble } from "./bubble.js";
import { isTyping, minute, openKey, openNumber, openThread, place } from "./state.js";
import { loadOlder, loadThread } from "./threads.js";
import { openMenu } from "./menu.js";
import { startEdit, startReply } from "./drafts.js";
import { chatKeys } from "./chat-keys.js";
import { IceBreakers } from "./openers.js";
import { useScroll } from "./scrolling.js";
import { dayKey, dayWords } from "./when.js";

const RUN_MS = 5 * 60e3;
const FLASH_MS = 1200;
const NONE = { list: [], hasMore: false, phase: "loading" };

export function Chat() {
  return html`<${ChatOf} key=${openKey.value} />`;
}

function ChatOf() {
  const { list, hasMore, phase } = openThread.value ?? NONE;
  const { scroller, content, onScroll, ...down } = useScroll(list);
  const [held, hold] = useState(null); // the message on which the keyboard stands
  const [flash, setFlash] = useState(null);
  const current = held ?? list.at(-1)?.id;
  const row = {
    current, flash, onReply: startReply,
    onMenu: (anchor, message, focus) => openMenu(anchor, message, { focus, onReply: startReply, onEdit: startEdit }),
    onJump: (id) => jumpTo(scroller.current, id, hold, setFlash),
  };
  const focused = ({ target }) => { const item = target.closest("[data-row]"); if (item) hold(item.dataset.row); };
  return html`<div class="chatwrap">
    <div class="chat" ref=${scroller} onScroll=${onScroll} onFocusIn=${focused} onKeyDown=${chatKeys(list, current, hold, row.onMenu)}
        role="log" aria-live="off" aria-label=${`Chat with ${openNumber.value.verified_name}`} tabindex=${list.length ? -1 : 0}>
      <div class="chatin" ref=${content}>
        ${hasMore ? html`<${Older} />` : null}
        ${days(list).map((day) => html`<${Day} key=${day.key} day=${day} row=${row} />`)}
        ${list.length ? null : html`<${Nothing} phase=${phase} />`}
        <${IceBreakers} />
        ${isTyping.value ? html`<${Dots} />` : null}
      </div>
    </div>
    <${Down} ...${down} />
  </div>`;
}

function Day({ day, row: { current, flash, ...row } }) {
  const words = dayWords(day.at, minute.value);
  return html`<div class="day" role="group" aria-label=${words}>
    <h3><span>${words}</span></h3>
    <ol>${day.list.map(({ message, isFirst }) => html`<${Bubble} key=${message.client_ref ?? message.id} message=${message}
      isFirst=${isFirst} isCurrent=${message.id === current} isFlashing=${message.id === flash} ...${row} />`)}</ol>
  </div>`;
}

const Dots = () => html`<p class="m them run typing"><span class="bubble dots" role="img" aria-label="Typing"><i /><i /><i /></span></p>`;

function Down({ missed, isAway, toBottom }) {
  if (missed) return html`<button type="button" class="down" onClick=${toBottom}><${Icon} name="arrow-down" />${missed} new</button>`;
  return isAway ? html`<${IconButton} name="chevron-down" label="To the newest message" class="down round" onClick=${toBottom} />` : null;
}

function Nothing({ phase }) {
  const { channel, number } = place.value;
  if (phase === "loading") return html`<div class="ghosts chatghosts" aria-hidden="true"><i /><i class="me" /><i /></div>`;
  if (phase === "error") {
    return html`<div class="blank"><${Icon} name="cloud-off" /><p>The messages could not be loaded.</p>
      <button class="btn" type="button" onClick=${() => loadThread(channel, number)}>Try again</button></div>`;
  }
  return html`<div class="blank note"><p><${Icon} name="lock" />Messages stay on this computer. Write the first one:
    it reaches ${openNumber.value.verified_name} as a signed webhook.</p></div>`;
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

// Messages by day; a run of one sender breaks after five minutes.
function days(list) {
  const groups = [];
  for (const message of list) {
    const key = dayKey(message.at);
    if (groups.at(-1)?.key !== key) groups.push({ key, at: message.at, list: [] });
    const before = groups.at(-1).list.at(-1)?.message;
    const isOther = before && (before.from_me !== message.from_me || before.author?.number !== message.author?.number);
    const isFirst = !before || isOther || Date.parse(message.at) - Date.parse(before.at) > RUN_MS;
    groups.at(-1).list.push({ message, isFirst });
  }
  return groups;
}

function jumpTo(box, id, hold, setFlash) {
  const row = box.querySelector(`[data-row="${CSS.escape(id)}"]`);
  if (!row) return;
  row.scrollIntoView({ block: "center" });
  hold(id);
  setFlash(id);
  row.querySelector(".bubble").focus({ preventScroll: true });
  setTimeout(() => setFlash(null), FLASH_MS);
}
