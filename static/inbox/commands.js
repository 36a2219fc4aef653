// Every command once: its name, keys, where they work, when it makes sense, what it does. Dispatch, tooltips,
// the palette and the help sheet all read this list.
import { html, prefs, t } from "./base.js";
import { assignToMe, closeOrReopen, close, wake } from "./actions.js";
import { neighbour } from "./lists.js";
import { go, route } from "./route.js";
import { isMine, thread } from "./store.js";
import { markUnread } from "./timelines.js";
import { pickAssignee, pickLabels, pickPriority, pickSnooze, openPicker } from "./ui/pickers.js";
import { DialogHead, isLayerOpen, openDialog, undoLast } from "./ui/layers.js";

const current = () => route.peek().thread;
const row = () => thread(current()).peek();
const hasThread = () => Boolean(row());
const on = (run) => () => run(current());
const mac = /Mac|iP(hone|ad)/.test(navigator.platform);
const byTestId = (id) => document.querySelector(`[data-testid="${id}"]`);
export const focusComposer = () => byTestId("composer")?.querySelector("textarea, input, button:not([role=tab])")?.focus();

/** Filled by the panes: what only they can do (modes of the composer, moving inside the list or the thread). */
export const hooks = {};
const hook = (name) => () => hooks[name]?.();

const view = (id, label, key) => ({ id: `view-${id}`, label: () => t("Go to {view}", { view: label() }), keys: [`g ${key}`], scope: "anywhere", run: () => go({ view: id, filters: {}, thread: current() }) });

/** scope: anywhere (mod keys work in text fields too), list, conversation, messages, composer. */
export const commands = [
  { id: "palette", label: () => t("All commands"), keys: ["mod+k"], scope: "anywhere", run: () => palette() },
  { id: "search", label: () => t("Search"), keys: ["/"], scope: "anywhere", run: () => byTestId("search").focus() },
  { id: "help", label: () => t("Keyboard shortcuts"), keys: ["?"], scope: "anywhere", run: () => help() },
  { id: "undo", label: () => t("Undo the last change"), keys: ["z"], scope: "anywhere", run: undoLast },
  view("mine", () => t("Mine"), "m"), view("unassigned", () => t("Unassigned"), "u"), view("all", () => t("All"), "a"),
  view("mentions", () => t("Mentions"), "@"), view("snoozed", () => t("Snoozed"), "s"),
  { id: "pane-next", label: () => t("Next pane"), keys: ["f6"], scope: "anywhere", run: () => pane(1) },
  { id: "pane-back", label: () => t("Previous pane"), keys: ["shift+f6"], scope: "anywhere", run: () => pane(-1) },
  { id: "list-down", label: () => t("Next conversation"), keys: ["j", "list:arrowdown"], scope: "list", run: () => hooks.moveList?.(1) },
  { id: "list-up", label: () => t("Previous conversation"), keys: ["k", "list:arrowup"], scope: "list", run: () => hooks.moveList?.(-1) },
  { id: "list-first", label: () => t("First conversation"), keys: ["list:home"], scope: "list", run: () => hooks.moveList?.(-Infinity) },
  { id: "list-last", label: () => t("Last loaded conversation"), keys: ["list:end"], scope: "list", run: () => hooks.moveList?.(Infinity) },
  { id: "list-open", label: () => t("Open conversation"), keys: ["enter"], scope: "list", shown: true },
  { id: "reply", label: () => t("Reply"), keys: ["r"], scope: "conversation", run: () => { hooks.mode?.("reply"); } },
  { id: "note", label: () => t("Note"), keys: ["n"], scope: "conversation", run: () => { hooks.mode?.("note"); } },
  { id: "assign", label: () => t("Assign…"), keys: ["a"], scope: "conversation", run: on(pickAssignee) },
  { id: "assign-me", label: () => t("Assign to me"), keys: ["i"], scope: "conversation", when: () => !isMine(row().assignee_id), run: on(assignToMe) },
  { id: "labels", label: () => t("Labels…"), keys: ["l"], scope: "conversation", run: on(pickLabels) },
  { id: "priority", label: () => t("Priority…"), keys: ["p"], scope: "conversation", run: on(pickPriority) },
  { id: "snooze", label: () => (row()?.status === "snoozed" ? t("Wake up") : t("Snooze…")), keys: ["h"], scope: "conversation", run: on((id) => (row().status === "snoozed" ? wake(id) : pickSnooze(id))) },
  { id: "close", label: () => (row()?.status === "closed" ? t("Reopen") : t("Close")), keys: ["e"], scope: "conversation", run: on(closeOrReopen) },
  { id: "close-next", label: () => t("Close and open the next"), keys: ["shift+e"], scope: "conversation", when: () => row().status !== "closed", run: on((id) => close(id)) },
  { id: "unread", label: () => t("Mark unread"), keys: ["u"], scope: "conversation", run: on(markUnread) },
  { id: "template", label: () => t("Send a template"), keys: ["t"], scope: "conversation", run: hook("template") },
  { id: "side", label: () => t("Customer panel"), keys: ["."], scope: "conversation", run: hook("side") },
  { id: "next", label: () => t("Open the next conversation"), keys: [], scope: "conversation", run: on((id) => go({ thread: neighbour(id) })) },
  { id: "quote", label: () => t("Quote"), keys: ["q"], scope: "messages", run: hook("quote") },
  { id: "react", label: () => t("React"), keys: ["+"], scope: "messages", run: hook("react") },
  { id: "menu", label: () => t("Message menu"), keys: ["m"], scope: "messages", run: hook("menu") },
  { id: "play", label: () => t("Play or pause"), keys: [" "], scope: "messages", run: hook("play") },
  { id: "message-up", label: () => t("Message before"), keys: ["messages:arrowup"], scope: "messages", run: () => hooks.moveMessage?.(-1) },
  { id: "message-down", label: () => t("Message after"), keys: ["messages:arrowdown"], scope: "messages", run: () => hooks.moveMessage?.(1) },
  { id: "enter", label: () => (prefs.value.enter ? t("Send") : t("New line")), keys: ["enter"], scope: "composer", shown: true },
  { id: "shift-enter", label: () => t("New line"), keys: ["shift+enter"], scope: "composer", shown: true },
  { id: "send", label: () => t("Send"), keys: ["mod+enter"], scope: "composer", run: hook("send") },
  { id: "send-close", label: () => t("Send and close"), keys: ["mod+shift+enter"], scope: "composer", run: hook("sendClose") },
  { id: "bold", label: () => t("Bold"), keys: ["mod+b"], scope: "composer", run: () => hooks.wrap?.("*") },
  { id: "italic", label: () => t("Italic"), keys: ["mod+i"], scope: "composer", run: () => hooks.wrap?.("_") },
  { id: "into-thread", label: () => t("Into the messages"), keys: ["shift+tab"], scope: "composer", run: () => hooks.moveMessage?.(0) },
  { id: "leave", label: () => t("Leave the composer"), keys: ["escape"], scope: "composer", run: () => hooks.leave?.() },
];

const SIGNS = { mod: mac ? "⌘" : "Ctrl", shift: mac ? "⇧" : "Shift", enter: "↵", escape: "Esc", arrowdown: "↓", arrowup: "↑", tab: "Tab", home: "Home", end: "End", f6: "F6", " ": "Space" };

const chords = (keys) => (keys === " " ? [" "] : keys.replace(/^(list|messages):/, "").split(" "));
const parts = (chord) => (chord.length > 1 ? chord.split("+") : [chord]);
const sign = (part) => SIGNS[part] || (part.length === 1 ? part.toUpperCase() : part);

/** Keys as people read them: "Ctrl K", "G then M". */
export const showKeys = (keys) => chords(keys).map((chord) => parts(chord).map(sign).join(mac ? "" : " ")).join(` ${t("then")} `);

/** The first keys of a command for a tooltip, or "". */
export function keysOf(id) {
  const found = commands.find((one) => one.id === id)?.keys[0];
  return found ? showKeys(found) : "";
}

export const tip = (label, id) => (keysOf(id) ? `${label} (${keysOf(id)})` : label);

// ---------------------------------------------------------------- dispatch

const isField = (element) => Boolean(element?.closest("input, textarea, select, [contenteditable=true]"));

function chordOf(event) {
  const key = event.key.toLowerCase();
  const shift = event.shiftKey && (key.length > 1 || key !== key.toUpperCase() || /\p{L}/u.test(key));
  return `${event.ctrlKey || event.metaKey ? "mod+" : ""}${shift ? "shift+" : ""}${key}`;
}

/** Where the focus is: composer, messages or list; "" elsewhere. */
const paneOf = (element) => (element?.closest("[data-testid=composer] textarea") ? "composer" : element?.closest("[data-testid=message], [data-testid=note]") ? "messages" : element?.closest(".list") ? "list" : "");

function applies(command, inField, pane) {
  if (command.shown) return false;
  if (command.scope === "composer") return pane === "composer";
  if (command.scope === "messages") return pane === "messages";
  if (command.scope === "conversation") return hasThread() && !inField && (!command.when || command.when());
  return !command.when || command.when();
}

let first = { chord: "", at: 0 };

function find(event) {
  const chord = chordOf(event);
  const inField = isField(event.target);
  const pane = paneOf(event.target);
  const isText = chord.length === 1 || /^shift\+.$/.test(chord); // a letter or sign, not a named key or a mod chord
  if (isText && (inField || !prefs.peek().keys)) return null;
  const pair = performance.now() - first.at < 1500 ? `${first.chord} ${chord}` : "";
  const isOurs = (one) => !inField || one.scope === "composer" || /^(mod\+|f6|shift\+f6)/.test(chord);
  const wanted = commands.filter((one) => isOurs(one) && applies(one, inField, pane));
  const has = (keys) => wanted.find((one) => one.keys.some((key) => key === keys || key === `${pane}:${keys}`));
  const byScope = (keys) => wanted.find((one) => one.scope === pane && one.keys.some((key) => key === keys || key === `${pane}:${keys}`)) || has(keys);
  const found = (pair && has(pair)) || byScope(chord);
  first = { chord: !inField && !found ? chord : "", at: performance.now() };
  return found;
}

function onKey(event) {
  // AltGr types letters on many layouts (ą, €, @), and so does Option: never ours.
  if (event.defaultPrevented || event.isComposing || event.altKey || event.getModifierState?.("AltGraph")) return;
  if (["Shift", "Control", "Meta"].includes(event.key)) return;
  if (isLayerOpen() || document.querySelector("dialog[open]")) return;
  if (event.target.closest?.("button, summary") && [" ", "Enter"].includes(event.key)) return;
  const command = find(event);
  if (!command) return;
  event.preventDefault();
  command.run();
}

export function startKeys() {
  Object.assign(hooks, { help, palette });
  addEventListener("keydown", onKey);
}

/** F6: the visible panes in order, toasts last; each gets its own best place to stand. */
function pane(step) {
  const stops = ["[data-pane=rail] [aria-current], [data-pane=rail] a", "[data-pane=list] a[tabindex='0'], [data-pane=list] .empty button", "[data-testid=timeline]", "[data-testid=composer] textarea, [data-testid=composer] button", "[data-pane=side] button, [data-pane=side]", ".toast-do"];
  const panes = stops.map((stop) => [...document.querySelectorAll(stop)].find((element) => element.checkVisibility())).filter(Boolean);
  const roots = panes.map((element) => element.closest("[data-pane], [data-testid=timeline], [data-testid=composer], .toasts"));
  const here = roots.findIndex((root) => root?.contains(document.activeElement));
  panes[(here + step + panes.length) % panes.length]?.focus();
}

// ---------------------------------------------------------------- palette and help

function palette() {
  const usable = commands.filter((one) => one.scope !== "composer" && one.scope !== "messages" && one.id !== "palette" && !one.shown && !/^(list-|message-)/.test(one.id));
  const inContext = usable.filter((one) => (one.scope === "conversation" ? hasThread() && (!one.when || one.when()) : !one.when || one.when()));
  const order = inContext.sort((a, b) => Number(b.scope === "conversation") - Number(a.scope === "conversation"));
  openPicker(null, { label: t("Commands"), placeholder: t("What would you like to do?"),
    options: () => order.map((one) => ({ id: one.id, label: one.label(), keys: one.keys[0] && showKeys(one.keys[0]), run: one.run })) });
}

const SCOPES = { anywhere: () => t("Anywhere"), list: () => t("List"), conversation: () => t("Conversation"), messages: () => t("Messages"), composer: () => t("Composer") };

const Keys = ({ keys }) => keys.map((one) => html`<kbd>${showKeys(one)}</kbd>`);

function help() {
  const table = ([scope, name]) => html`<section><h3>${name()}</h3><dl>${commands.filter((one) => one.scope === scope && one.keys.length)
    .map((one) => html`<div><dt>${one.label()}</dt><dd><${Keys} keys=${one.keys} /></dd></div>`)}</dl></section>`;
  openDialog(t("Keyboard shortcuts"), () => html`<${DialogHead} title=${t("Keyboard shortcuts")} />
    <div class="help">${Object.entries(SCOPES).map(table)}</div>
    <p class="help-foot">${t("Single letters work outside text fields and can be switched off in the menu under your name.")}</p>`, { className: "wide" });
}

