// What floats over the page: one popover, one dialog, toasts, the banner, sign-in, words for screen readers.
import { Icon, dropToast, html, signal, spoken, t, tn, toast, toasts, useEffect, useLayoutEffect, useRef } from "../base.js";
import { line, reconnect, serverVersion, signedOut } from "../server.js";
import { outbox } from "../outbox.js";
import { session } from "../store.js";

/** The open popover: {anchor: element|null, label, body: () => vnode, className} or null. */
const popover = signal(null);
/** The open dialog: {label, body: () => vnode, className} or null. */
const dialog = signal(null);
let opener = null;

/** With the closing, not a moment after it; and only where nothing else has taken the focus since. */
function returnFocus() {
  const isFree = document.activeElement === document.body || document.activeElement?.closest(".popover");
  if (isFree && opener?.isConnected && !document.querySelector("dialog[open]")) opener.focus({ preventScroll: true });
  opener = null;
}

/** Show a small layer beside an element, or high in the middle. Esc, a click elsewhere or closeLayer() close it. */
export function openPopover(anchor, label, body, className = "") {
  opener = document.activeElement?.closest(".popover") ? opener : document.activeElement;
  popover.value = { anchor: anchor?.isConnected ? anchor : null, label, body, className };
}

export function openDialog(label, body, { className = "" } = {}) {
  popover.value = null;
  opener ||= document.activeElement;
  dialog.value = { label, body, className };
}

/** The focus goes there when the layer closes, not where it came from. */
export const returnTo = (element) => { opener = element; };

// Modules under way that will open a layer.
let arriving = 0;
// Keys pressed meanwhile.
const early = [];

/** A layer is under way: keys wait for it, so that none does something else. Says whether this one does. */
export function waits(event) {
  if (!arriving || !event.isTrusted) return false;
  event.preventDefault();
  early.push({ key: event.key, isText: event.key.length === 1 && !event.ctrlKey && !event.metaKey });
  return true;
}

function press({ key, isText }) {
  const { activeElement: here } = document;
  if (!popover.peek() && !dialog.peek() && !here.matches("input, textarea")) return;
  const isFree = here.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  // The only way to type that every field, and its undo, takes for typing.
  if (isFree && isText) document.execCommand("insertText", false, key);
}

/** What opens is drawn with the next turn; so is what each key changes. */
const drawn = () => new Promise((done) => { setTimeout(done); });

async function pressEarly() {
  await drawn();
  for (let one = early.shift(); one; one = early.shift()) {
    press(one);
    await drawn();
  }
  arriving -= 1;
}

/** What a seldom needed module can do, loaded when it is first wanted: lazily(() => import(…))("name")(…).
    Once it is there it answers at once. */
export const lazily = (load) => {
  let module;
  const fetched = async () => {
    arriving += 1;
    try { module = await load(); } catch { toast(t("This cannot be opened right now."), { tone: "danger" }); }
    pressEarly();
  };
  return (name) => (...given) => (module ? Promise.resolve(module[name](...given)) : fetched().then(() => module?.[name](...given)));
};

/** What such a module draws: arrives(() => import(…))("Name") is a component that shows nothing until it has come. */
export const arrives = (load) => {
  const module = signal(null);
  return (name) => (given) => {
    useEffect(() => { if (!module.peek()) load().then((one) => { module.value = one; }, () => {}); }, []);
    return module.value && html`<${module.value[name]} ...${given} />`;
  };
};

/** A picker by its name, loaded like that: picker("pickAssignee")(id). */
export const picker = lazily(() => import("./pickers.js"));

export function closeLayer() { popover.value = null; dialog.value = null; }
export const isLayerOpen = () => Boolean(arriving || popover.peek() || dialog.peek());

/** Beside its anchor, inside the window: below if there is room, else above; start edges aligned. */
function put(box, anchor) {
  const room = { w: innerWidth, h: visualViewport?.height || innerHeight };
  const { offsetWidth: w, offsetHeight: h } = box;
  const middle = { left: (room.w - w) / 2, right: (room.w + w) / 2, top: room.h * 0.16, bottom: room.h * 0.16 };
  const at = anchor ? anchor.getBoundingClientRect() : middle;
  const alignsEnd = getComputedStyle(box).direction === "rtl" ? at.right - w > 8 : at.left + w > room.w - 8;
  const isBelow = at.bottom + 6 + h <= room.h - 8 || at.top < h;
  const within = (value, most) => `${Math.max(8, Math.min(most - 8, value))}px`;
  box.style.left = within(alignsEnd ? at.right - w : at.left, room.w - w);
  box.style.top = within(isBelow ? at.bottom + 6 : at.top - h - 6, room.h - h);
}

function Popover() {
  const open = popover.value;
  const ref = useRef(null);
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return undefined;
    box.showPopover();
    const place = () => put(box, open.anchor);
    const watch = new ResizeObserver(place);
    place();
    watch.observe(box);
    box.querySelector("[autofocus], input:enabled:not([type=hidden]), button:enabled, [tabindex='0']")?.focus({ preventScroll: true });
    return () => watch.disconnect();
  }, [open]);
  useLayoutEffect(() => { if (!open && !dialog.peek()) returnFocus(); }, [open]);
  if (!open) return null;
  // Told before it is hidden: the next key must not find a layer that is going away.
  const onToggle = (event) => { if (event.newState === "closed" && popover.peek() === open) popover.value = null; };
  return html`<div key=${open} class=${`popover ${open.className}`} popover="auto" ref=${ref} role="dialog"
    aria-label=${open.label} onBeforeToggle=${onToggle}>${open.body()}</div>`;
}

function Dialog() {
  const open = dialog.value;
  const ref = useRef(null);
  useLayoutEffect(() => { if (open && !ref.current.open) ref.current.showModal(); }, [open]);
  useLayoutEffect(() => { if (!open) returnFocus(); }, [open]);
  if (!open) return null;
  const onCancel = (event) => { event.preventDefault(); closeLayer(); };
  const onClick = (event) => { if (event.target === ref.current) closeLayer(); };
  return html`<dialog class=${`dialog ${open.className}`} ref=${ref} aria-label=${open.label} onCancel=${onCancel}
    onClick=${onClick}><div class="dialog-box">${open.body()}</div></dialog>`;
}

/** A dialog's title row with its close button. */
export const DialogHead = ({ title }) => html`<header class="dialog-head"><h2>${title}</h2>
  <button type="button" class="iconbtn" aria-label=${t("Close")} onClick=${closeLayer}><${Icon} name="x" /></button>
  </header>`;

// ---------------------------------------------------------------- toasts

const TOAST_MS = 7000;

function Toast({ id, text, action, tone }) {
  const timer = useRef(0);
  const stop = () => clearTimeout(timer.current);
  const start = () => { stop(); timer.current = setTimeout(() => dropToast(id), TOAST_MS); };
  useEffect(() => { start(); return stop; }, []);
  const from = useRef(null);
  // It goes back where it came from; has that gone, what takes it on finds it with nobody
  const leave = ({ currentTarget }) => {
    if (from.current?.isConnected) from.current.focus({ preventScroll: true }); else currentTarget.blur();
    dropToast(id);
  };
  const run = (event) => { leave(event); action.run(); };
  const onFocusIn = ({ relatedTarget }) => { stop(); if (!relatedTarget?.closest(".toast")) from.current = relatedTarget; };
  const pause = { onMouseEnter: stop, onMouseLeave: start, onFocusIn, onFocusOut: start };
  return html`<div class=${`toast ${tone}`} data-testid="toast" ...${pause}><span dir="auto">${text}</span>
    ${action && html`<button type="button" class="toast-do" onClick=${run}>${action.label}</button>`}
    <button type="button" class="iconbtn s" aria-label=${t("Dismiss")} onClick=${leave}>
      <${Icon} name="x" /></button></div>`;
}

/** Do the newest toast's action, for the undo key. */
export function undoLast() {
  const last = toasts.peek().findLast((one) => one.action);
  if (!last) return;
  dropToast(last.id);
  last.action.run();
}

// ---------------------------------------------------------------- connection and sign-in

/** Set by the frame: the line is down for more than a moment; the browser is offline. */
export const isLost = signal(false);
export const isOffline = signal(!navigator.onLine);
export const isOutdated = () => Boolean(serverVersion.value) && serverVersion.value !== session.value.version;

export function Banner() {
  const isBad = isOffline.value || isLost.value;
  const waiting = outbox.value.filter((item) => item.state !== "failed").length;
  const text = isOffline.value ? t("You are offline. Write on; messages go out when the connection is back.")
    : isLost.value ? t("The connection is lost. Trying again…") : isOutdated() ? t("A new version is here.") : "";
  if (!text) return null;
  const [name, run] = isBad ? [t("Now"), reconnect] : [t("Reload"), () => location.reload()];
  const button = !isOffline.value && html`<button type="button" class="linkbtn" onClick=${run}>${name}</button>`;
  return html`<div class=${`banner ${isBad ? "" : "calm"}`} role="status" data-testid="banner" data-line=${line.value}>
    <${Icon} name=${isBad ? "wifi-off" : "refresh-cw"} />
    <span>${text} ${isBad && waiting > 0 && tn("{n} message waits.", "{n} messages wait.", waiting)}</span>
    ${button}</div>`;
}

const CHECK_MS = 2000;

/** Over the page while we are signed out: nothing is lost, sign in elsewhere and go on. check() asks again. */
export function SignIn({ check }) {
  const ref = useRef(null);
  const isOut = signedOut.value;
  useEffect(() => {
    if (!isOut) return undefined;
    if (!ref.current.open) ref.current.showModal();
    const timer = setInterval(check, CHECK_MS);
    addEventListener("focus", check);
    return () => { clearInterval(timer); removeEventListener("focus", check); };
  }, [isOut]);
  if (!isOut) return null;
  const open = () => window.open("/accounts/login/?next=/inbox/", "parley-sign-in", "popup,width=480,height=680");
  return html`<dialog class="dialog" ref=${ref} data-testid="sign-in" aria-labelledby="sign-in-title"
    onCancel=${(event) => event.preventDefault()}><div class="dialog-box">
    <h2 id="sign-in-title">${t("Please sign in again")}</h2>
    <p>${t("Your sign-in has ended. Drafts and waiting messages are kept, and go on as soon as you are back.")}</p>
    <div class="dialog-actions"><button type="button" class="btn primary" autofocus onClick=${open}>
      ${t("Sign in")}</button></div></div></dialog>`;
}

export const Layers = () => html`<${Popover} /><${Dialog} />
  <div class="toasts" role="status">${toasts.value.map((one) => html`<${Toast} key=${one.id} ...${one} />`)}</div>
  <div class="vh" role="log" aria-live="polite" data-testid="announcer">
    ${spoken.value.map((one) => html`<p key=${one.id}>${one.text}</p>`)}</div>`;
