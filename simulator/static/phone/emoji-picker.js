// A small emoji picker; the keyboard of the system has the rest. Recently used ones come first.
import { useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { beside } from "./beside.js";
import { GROUPS } from "./emoji.js";

const KEPT = "phone.emoji";
const COLUMNS = 8;

function recent() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "[]");
  } catch {
    return [];
  }
}

function remember(emoji) {
  try {
    localStorage.setItem(KEPT, JSON.stringify([emoji, ...recent().filter((e) => e !== emoji)].slice(0, 16)));
  } catch { /* storage is off: nothing to remember */ }
}

export function EmojiButton({ onPick }) {
  const box = useRef(null);
  const [isOpen, open] = useState(false);
  const show = (event) => { open(true); const anchor = event.currentTarget; requestAnimationFrame(() => { box.current.showPopover(); beside(box.current, anchor); box.current.querySelector("button")?.focus(); }); };
  const pick = (emoji) => { box.current.hidePopover(); onPick(emoji); };
  return html`<button class="icon" type="button" aria-label="Emoji" aria-haspopup="dialog" onClick=${show}><${Icon} name="smile" /></button>
    <div class="menu emojis" popover="auto" role="dialog" aria-label="Emoji" ref=${box} onToggle=${(event) => open(event.newState === "open")}>
      ${isOpen ? html`<${EmojiGrid} onPick=${pick} />` : null}
    </div>`;
}

/** The grid of emoji; arrow keys walk it. */
export function EmojiGrid({ onPick }) {
  const used = recent();
  const groups = used.length ? [{ name: "Recent", list: used }, ...GROUPS] : GROUPS;
  const choose = (emoji) => { remember(emoji); onPick(emoji); };
  return html`<div class="grid" onKeyDown=${walk}>${groups.map(({ name, list }) => html`<section key=${name} aria-label=${name}>
    <h3>${name}</h3><div>${list.map((emoji) => html`<button key=${emoji} type="button" onClick=${() => choose(emoji)}>${emoji}</button>`)}</div>
  </section>`)}</div>`;
}

function walk(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement) + step;
  buttons[Math.max(0, Math.min(buttons.length - 1, at))].focus();
}
