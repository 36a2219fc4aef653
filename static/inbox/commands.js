// Every command once: its name, keys, where they work, when it makes sense, what it does. Dispatch, tooltips,
// the palette and the help sheet all read this list.
import { go, local, prefs, route, t } from "./base.js";
import { assignToMe, close, closeOrReopen, wake } from "./actions.js";
import { neighbour } from "./lists.js";
import { isMine, thread } from "./store.js";
import { markUnread } from "./timelines.js";
import { isLayerOpen, lazily, picker, undoLast, waits } from "./ui/layers.js";

/** Filled by the panes: what only they can do (modes of the composer, moving inside the list or the thread); many: what
    some commands do to the conversations that are chosen, by their ids, while there are any. */
export const hooks = {};
const hook = (name, ...given) => () => hooks[name]?.(...given);

hooks.begin = lazily(() => import("./ui/begin.js"))("openBegin");
hooks.watch = lazily(() => import("./ui/watching.js"))("toggleWatch");
hooks.macro = lazily(() => import("./ui/macros.js"))("pickMacro");
const sheet = lazily(() => import("./ui/palette.js"));
const [pickAssignee, pickLabels, pickPriority, pickSnooze] = ["Assignee", "Labels", "Priority", "Snooze"].map((what) => picker(`pick${what}`));
const current = () => route.peek().thread;
const row = () => thread(current()).peek();
const isClosed = () => row()?.status === "closed";
const isSnoozed = () => row()?.status === "snoozed";
const isWatched = () => row()?.watcher_ids.some(isMine);
const search = () => document.querySelector("[data-testid=search]").focus();

// Each list of commands below is [id, label, keys, run, more?]; more: when() it makes sense, or isShown for keys
// that something else handles and the help sheet should name.
const group = (scope, rows) => rows.map(([id, label, keys, one, more]) => ({
  id, label, keys, run: one && (() => (hooks.many?.[id] || one)()), scope, ...more,
}));
const toView = (view) => () => go({ view, filters: {}, thread: current() });
const on = (run) => () => run(current());

const ANYWHERE = group("anywhere", [
  ["palette", () => t("All commands"), ["mod+k"], sheet("openPalette")],
  ["search", () => t("Search"), ["/"], search],
  ["begin", () => t("New conversation…"), ["c"], hook("begin")],
  ["help", () => t("Keyboard shortcuts"), ["?"], sheet("openHelp")],
  ["undo", () => t("Undo the last change"), ["z"], undoLast],
  ["view-mine", () => t("Go to Mine"), ["g m"], toView("mine")],
  ["view-unassigned", () => t("Go to Unassigned"), ["g u"], toView("unassigned")],
  ["view-all", () => t("Go to All"), ["g a"], toView("all")],
  ["view-mentions", () => t("Go to Mentions"), ["g @"], toView("mentions")],
  ["view-watching", () => t("Go to Watching"), ["g w"], toView("watching")],
  ["view-snoozed", () => t("Go to Snoozed"), ["g s"], toView("snoozed")],
  ["pane-next", () => t("Next pane"), ["f6"], () => focusPane(1)],
  ["pane-back", () => t("Previous pane"), ["shift+f6"], () => focusPane(-1)],
]);
const LIST = group("list", [
  ["list-down", () => t("Next conversation"), ["j", "list:arrowdown"], hook("moveList", 1)],
  ["list-up", () => t("Previous conversation"), ["k", "list:arrowup"], hook("moveList", -1)],
  ["list-first", () => t("First conversation"), ["list:home"], hook("moveList", -Infinity)],
  ["list-last", () => t("Last loaded conversation"), ["list:end"], hook("moveList", Infinity)],
  ["choose", () => t("Choose this conversation"), ["x"], hook("choose")],
  ["extend-down", () => t("Choose down to the next"), ["shift+j"], hook("extend", 1)],
  ["extend-up", () => t("Choose up to the previous"), ["shift+k"], hook("extend", -1)],
  ["list-open", () => t("Open conversation"), ["enter"], null, { isShown: true }],
]);
const snoozeOrWake = on((id) => (isSnoozed() ? wake(id) : pickSnooze(id)));
const CONVERSATION = group("conversation", [
  ["reply", () => t("Reply"), ["r"], hook("mode", "reply")],
  ["note", () => t("Note"), ["n"], hook("mode", "note")],
  ["assign", () => t("Assign…"), ["a"], on(pickAssignee)],
  ["assign-me", () => t("Assign to me"), ["i"], on(assignToMe), { when: () => !isMine(row().assignee_id) }],
  ["labels", () => t("Labels…"), ["l"], on(pickLabels)],
  ["priority", () => t("Priority…"), ["p"], on(pickPriority)],
  ["snooze", () => (isSnoozed() ? t("Wake up") : t("Snooze…")), ["h"], snoozeOrWake],
  ["close", () => (isClosed() ? t("Reopen") : t("Close")), ["e"], on(closeOrReopen)],
  ["close-next", () => t("Close and open the next"), ["shift+e"], on((id) => close(id, { next: neighbour(id) })), { when: () => !isClosed() }],
  ["unread", () => t("Mark unread"), ["u"], on(markUnread)],
  ["watch", () => (isWatched() ? t("Stop watching") : t("Watch")), ["w"], on(hooks.watch)],
  ["template", () => t("Send a template"), ["t"], hook("template")],
  ["emoji", () => t("Emoji…"), [], hook("emoji")],
  ["record", () => t("Record a voice note"), [], hook("record")],
  ["offers", () => t("Send something else…"), [], hook("offers")],
  ["macro", () => t("Run a macro…"), [";"], on(hooks.macro)],
  ["later", () => t("Send later…"), [], hook("later")],
  ["side", () => t("Customer panel"), ["."], hook("side")],
  ["next", () => t("Open the next conversation"), [], on((id) => go({ thread: neighbour(id) }))],
]);
const MESSAGES = group("messages", [
  ["quote", () => t("Quote"), ["q"], hook("quote")],
  ["react", () => t("React"), ["+"], hook("react")],
  ["menu", () => t("Message menu"), ["m"], hook("menu")],
  ["play", () => t("Play, pause or open"), [" "], hook("play")],
  ["message-up", () => t("Message before"), ["messages:arrowup"], hook("moveMessage", -1)],
  ["message-down", () => t("Message after"), ["messages:arrowdown"], hook("moveMessage", 1)],
]);
const isFieldEmpty = () => !document.activeElement.value;
const COMPOSER = group("composer", [
  ["enter", () => (prefs.value.enter ? t("Send") : t("New line")), ["enter"], null, { isShown: true }],
  ["new-line", () => t("New line"), ["shift+enter"], null, { isShown: true }],
  ["send", () => t("Send"), ["mod+enter"], hook("send")],
  ["send-close", () => t("Send and close"), ["mod+shift+enter"], hook("sendClose")],
  ["bold", () => t("Bold"), ["mod+b"], hook("wrap", "*")],
  ["italic", () => t("Italic"), ["mod+i"], hook("wrap", "_")],
  ["into-thread", () => t("Into the messages"), ["shift+tab"], hook("moveMessage", 0)],
  ["last-menu", () => t("Menu of the last message"), ["composer:arrowup"], hook("lastMenu"), { when: isFieldEmpty }],
  ["leave", () => t("Leave the composer"), ["escape"], hook("leave")],
]);

/** {id, label(), keys, scope, run, when?}. A key "list:…", "messages:…" or "composer:…" works only with the focus there. */
export const commands = [...ANYWHERE, ...LIST, ...CONVERSATION, ...MESSAGES, ...COMPOSER];
for (const one of commands) one.usual = one.keys;
/** Commands of a module that comes later. */
export function add(scope, rows) {
  commands.push(...group(scope, rows).map((one) => ({ ...one, usual: one.keys })));
  useOwn();
}

// ---------------------------------------------------------------- keys of this person's own

// Command id → keys, in this browser
const OWN = "parley:keys";
function useOwn() {
  const own = local.get(OWN) || {};
  for (const one of commands) one.keys = own[one.id] || one.usual;
}
useOwn();
addEventListener("storage", ({ key }) => { if (key === OWN) useOwn(); });

/** Give a command other keys: [] none, null the usual ones. */
export function remap(id, keys) {
  const { [id]: _, ...others } = local.get(OWN) || {};
  local.set(OWN, keys ? { ...others, [id]: keys } : others);
  useOwn();
}

const bare = (keys) => keys.replace(/^(list|messages|composer):/, "");
/** Another command that would hear the same keys in a place where this one does, or undefined. */
export function clashOf(command, keys) {
  const isInside = (one) => ["composer", "messages"].includes(one.scope);
  const meets = (one) => one.scope === command.scope || !(isInside(one) && isInside(command));
  const hits = (one) => one.keys.map(bare).some((own) => own === keys || own.startsWith(`${keys} `) || keys.startsWith(`${own} `));
  return commands.find((one) => one.id !== command.id && meets(one) && hits(one));
}

// ---------------------------------------------------------------- keys in words

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
const SIGNS = {
  mod: isMac ? "⌘" : "Ctrl", shift: isMac ? "⇧" : "Shift", enter: "↵", escape: "Esc",
  arrowdown: "↓", arrowup: "↑", tab: "Tab", home: t("Home"), end: t("End"), " ": t("Space"),
};
const chords = (keys) => (keys === " " ? [" "] : bare(keys).split(" "));
const parts = (chord) => (chord.length > 1 ? chord.split("+") : [chord]);
const sign = (part) => SIGNS[part] || part.toUpperCase();
const showChord = (chord) => parts(chord).map(sign).join(isMac ? "" : " ");

/** Keys as people read them: "Ctrl K", "G then M". */
export const showKeys = (keys) => chords(keys).map(showChord).join(` ${t("then")} `);

/** The first keys of a command, or "". */
export function keysOf(id) {
  const keys = commands.find((one) => one.id === id)?.keys[0];
  return keys ? showKeys(keys) : "";
}

/** A tooltip: what a button does and the keys that do the same. */
export const tip = (label, id) => (keysOf(id) ? `${label} (${keysOf(id)})` : label);

// ---------------------------------------------------------------- dispatch

const isField = (element) => Boolean(element?.closest("input, textarea, select, [contenteditable=true]"));
const PANES = {
  composer: "[data-testid=composer] textarea", messages: "[data-testid=message], [data-testid=note]", list: ".list",
};
const paneOf = (element) => Object.keys(PANES).find((name) => element?.closest(PANES[name])) || "";

/** "mod+shift+k" of a key press. */
export function chordOf(event) {
  const key = event.key.toLowerCase();
  // Shift is part of typing "?" or "+", not of the chord
  const isNamedOrLetter = key.length > 1 || /\p{L}/u.test(key);
  return `${event.ctrlKey || event.metaKey ? "mod+" : ""}${event.shiftKey && isNamedOrLetter ? "shift+" : ""}${key}`;
}

export function applies(command, inField, here) {
  if (command.isShown) return false;
  if (command.scope === "composer" || command.scope === "messages") return here === command.scope && (!command.when || command.when());
  if (hooks.many?.[command.id]) return !inField;
  if (command.scope === "conversation" && (!row() || inField)) return false;
  return !command.when || command.when();
}

// The "g" of "g m"
let first = { chord: "", at: 0 };

function find(event) {
  const chord = chordOf(event);
  const inField = isField(event.target);
  const here = paneOf(event.target);
  const isText = chord.length === 1 || /^shift\+.$/.test(chord);
  if (isText && (inField || !prefs.peek().keys)) return null;
  const reachesFields = (one) => one.scope === "composer" || /^(mod\+|f6|shift\+f6)/.test(chord);
  const usable = commands.filter((one) => (!inField || reachesFields(one)) && applies(one, inField, here));
  const has = (keys) => (one) => one.keys.includes(keys) || one.keys.includes(`${here}:${keys}`);
  const pair = performance.now() - first.at < 1500 && usable.find(has(`${first.chord} ${chord}`));
  const found = pair || usable.find((one) => one.scope === here && has(chord)(one)) || usable.find(has(chord));
  first = { chord: inField || found ? "" : chord, at: performance.now() };
  return found;
}

function onKey(event) {
  // AltGr types letters on many layouts (ą, €, @), and so does Option: never ours.
  if (event.defaultPrevented || event.isComposing || event.altKey || event.getModifierState?.("AltGraph")) return;
  if (["Shift", "Control", "Meta"].includes(event.key) || waits(event)) return;
  if (isLayerOpen() || document.querySelector("dialog[open]")) return;
  if (event.target.closest?.("button, summary") && [" ", "Enter"].includes(event.key)) return;
  const command = find(event);
  if (!command) return;
  event.preventDefault();
  command.run();
}

export function startKeys() {
  hooks.help = sheet("openHelp");
  addEventListener("keydown", onKey);
}

const STOPS = [
  "[data-pane=rail] [aria-current], [data-pane=rail] a",
  "[data-pane=list] a[tabindex='0'], [data-pane=list] .empty button", "[data-testid=timeline]",
  "[data-testid=composer] textarea, [data-testid=composer] button", "[data-pane=side] button, [data-pane=side]",
  ".toast-do",
];
const ROOTS = "[data-pane], [data-testid=timeline], [data-testid=composer], .toasts";

/** F6: the visible panes in order, toasts last; each gets its own best place to stand. */
function focusPane(step) {
  const visible = (stop) => [...document.querySelectorAll(stop)].find((element) => element.checkVisibility());
  const stops = STOPS.map(visible).filter(Boolean);
  const here = stops.findIndex((stop) => stop.closest(ROOTS)?.contains(document.activeElement));
  stops[(here + step + stops.length) % stops.length]?.focus();
}
