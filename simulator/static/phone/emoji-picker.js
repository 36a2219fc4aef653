// A small emoji picker; the keyboard of the system has the rest. Recently used ones come first.
import { useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { IconButton } from "./icon.js";
import { arrows } from "./arrows.js";
import { beside } from "./beside.js";
import { GROUPS } from "./emoji.js";

const KEPT = "phone.emoji";
const COLUMNS = 8;
const walk = arrows({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }, { wraps: false });

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
  const [isOpen, setOpen] = useState(false);
  const open = ({ currentTarget }) => {
    setOpen(true);
    requestAnimationFrame(() => show(box.current, currentTarget)); // once its buttons are drawn
  };
  const pick = (emoji) => { box.current.hidePopover(); onPick(emoji); };
  return html`<${IconButton} name="smile" label="Emoji" aria-haspopup="dialog" onClick=${open} />
    <div class="menu emojis" popover="auto" role="dialog" aria-label="Emoji" ref=${box} onToggle=${({ newState }) => setOpen(newState === "open")}>
      ${isOpen ? html`<${EmojiGrid} onPick=${pick} />` : null}
    </div>`;
}

function show(box, anchor) {
  box.showPopover();
  beside(box, anchor);
  box.querySelector("button")?.focus();
}

/** The grid of emoji; arrow keys walk it. */
export function EmojiGrid({ onPick }) {
  const used = recent();
  const groups = used.length ? [{ name: "Recent", list: used }, ...GROUPS] : GROUPS;
  const choose = (emoji) => { remember(emoji); onPick(emoji); };
  return html`<div class="grid" onKeyDown=${walk}>${groups.map(({ name, list }) => html`<section key=${name} aria-label=${name}>
    <h3>${name}</h3>
    <div>${list.map((emoji) => html`<button key=${emoji} type="button" onClick=${() => choose(emoji)}>${emoji}</button>`)}</div>
  </section>`)}</div>`;
}
