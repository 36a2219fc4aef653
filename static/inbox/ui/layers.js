// What floats over the page: one popover, one dialog, the toasts, and the words for screen readers.
import { Icon, dropToast, effect, html, signal, spoken, t, toasts, useEffect, useLayoutEffect, useRef } from "../base.js";

/** The open popover: {anchor: element|null, label, body: () => vnode, className} or null. */
const popover = signal(null);
/** The open dialog: {label, body: () => vnode, className, stays} or null. stays: Esc does not close it. */
const dialog = signal(null);

let opener = null;
const returnFocus = () => { if (opener?.isConnected && !document.querySelector("dialog[open]")) opener.focus({ preventScroll: true }); opener = null; };

/** Show a small layer beside an element. It closes by Esc, a click elsewhere, or closeLayer(). */
export function openPopover(anchor, label, body, className = "") {
  opener = document.activeElement?.closest(".popover") ? opener : document.activeElement;
  popover.value = { anchor: anchor?.isConnected ? anchor : null, label, body, className };
}

export function openDialog(label, body, { className = "", stays = false } = {}) {
  popover.value = null;
  opener = opener || document.activeElement;
  dialog.value = { label, body, className, stays };
}

export function closeLayer() { popover.value = null; dialog.value = null; }
export const isLayerOpen = () => Boolean(popover.peek() || dialog.peek());

/** Beside its anchor, inside the window: below if there is room, else above; start edges aligned. */
function put(box, anchor) {
  const room = { w: innerWidth, h: visualViewport?.height || innerHeight };
  const { offsetWidth: w, offsetHeight: h } = box;
  const at = anchor ? anchor.getBoundingClientRect() : { left: (room.w - w) / 2, right: (room.w + w) / 2, top: room.h * 0.16, bottom: room.h * 0.16 };
  const isRtl = getComputedStyle(box).direction === "rtl";
  const alignsEnd = isRtl ? at.right - w > 8 : at.left + w > room.w - 8;
  const left = Math.max(8, Math.min(room.w - w - 8, alignsEnd ? at.right - w : at.left));
  const below = at.bottom + 6 + h <= room.h - 8 || at.top < h;
  box.style.left = `${left}px`;
  box.style.top = `${Math.max(8, Math.min(room.h - h - 8, below ? at.bottom + 6 : at.top - h - 6))}px`;
}

function Popover() {
  const open = popover.value;
  const ref = useRef(null);
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return undefined;
    box.showPopover();
    put(box, open.anchor);
    const watch = new ResizeObserver(() => put(box, open.anchor));
    watch.observe(box);
    const first = box.querySelector("[autofocus], input, button, [tabindex='0']");
    first?.focus({ preventScroll: true });
    return () => watch.disconnect();
  }, [open]);
  useEffect(() => { if (!open && !dialog.peek()) returnFocus(); }, [open]);
  if (!open) return null;
  const onToggle = (event) => { if (event.newState === "closed" && popover.peek() === open) popover.value = null; };
  return html`<div key=${open} class=${`popover ${open.className}`} popover="auto" ref=${ref} role="dialog" aria-label=${open.label}
    onToggle=${onToggle}>${open.body()}</div>`;
}

function Dialog() {
  const open = dialog.value;
  const ref = useRef(null);
  useLayoutEffect(() => { if (open && !ref.current.open) ref.current.showModal(); }, [open]);
  useEffect(() => { if (!open) returnFocus(); }, [open]);
  if (!open) return null;
  const onCancel = (event) => { event.preventDefault(); if (!open.stays) closeLayer(); };
  const onClick = (event) => { if (event.target === ref.current && !open.stays) closeLayer(); };
  return html`<dialog class=${`dialog ${open.className}`} ref=${ref} aria-label=${open.label} onCancel=${onCancel} onClick=${onClick}>
    <div class="dialog-box">${open.body()}</div></dialog>`;
}

/** A dialog's title row with its close button. */
export const DialogHead = ({ title }) => html`<header class="dialog-head"><h2>${title}</h2>
  <button type="button" class="iconbtn" aria-label=${t("Close")} onClick=${closeLayer}><${Icon} name="x" /></button></header>`;

const TOAST_MS = 7000;

function Toast({ id, text, action, tone }) {
  const timer = useRef(0);
  const start = () => { clearTimeout(timer.current); timer.current = setTimeout(() => dropToast(id), TOAST_MS); };
  const stop = () => clearTimeout(timer.current);
  useEffect(() => { start(); return stop; }, []);
  const run = () => { dropToast(id); action.run(); };
  return html`<div class=${`toast ${tone}`} data-testid="toast" onMouseEnter=${stop} onMouseLeave=${start} onFocusIn=${stop} onFocusOut=${start}>
    <span dir="auto">${text}</span>
    ${action && html`<button type="button" class="toast-do" onClick=${run}>${action.label}</button>`}
    <button type="button" class="iconbtn s" aria-label=${t("Dismiss")} onClick=${() => dropToast(id)}><${Icon} name="x" /></button></div>`;
}

/** The newest toast's action, for the undo key. */
export const undoLast = () => { const last = toasts.peek().findLast((one) => one.action); if (last) { dropToast(last.id); last.action.run(); } return Boolean(last); };

export const Layers = () => html`<${Popover} /><${Dialog} />
  <div class="toasts" role="status">${toasts.value.map((one) => html`<${Toast} key=${one.id} ...${one} />`)}</div>
  <div class="vh" role="log" aria-live="polite" data-testid="announcer">${spoken.value.map((one) => html`<p key=${one.id}>${one.text}</p>`)}</div>`;

/** Close what floats when the place changes under it. */
export const closeOnChange = (read) => effect(() => { read(); popover.value = null; });
