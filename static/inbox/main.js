// Starts the inbox page and frames it: the bar, the views, the panes; keeps it right when the world breaks.
import {
  Avatar, Icon, announce, computed, effect, go, href, html, pageTitle, prefs, render, route, setPref, signal,
  t, useEffect, useRef, useState, whenIdle,
} from "./base.js";
import { goOnClosing } from "./actions.js";
import { call, connect, get, goOn, line, reconnect, signedOut, startSocket } from "./server.js";
import { apply, session, snapshot, timeline } from "./store.js";
import { hooks, startKeys, tip } from "./commands.js";
import { flushDrafts, startDrafts } from "./drafts.js";
import { rebuild, reload, startLists } from "./lists.js";
import { flushAll, outbox, startOutbox } from "./outbox.js";
import { startPresence } from "./presence.js";
import { jumpTo, latest, prepare, shown, startTimelines } from "./timelines.js";
import { Banner, Layers, SignIn, closeLayer, isLost, isOffline, isOutdated, lazily } from "./ui/layers.js";
import { Rail, loadSaved } from "./ui/filters.js";
import { ListPane } from "./ui/list.js";

// ---------------------------------------------------------------- bar

// The module that searches, loaded when the box gets the focus
const finder = signal(null);
const loadFinder = () => { import("./ui/search.js").then((module) => { finder.value = module; }, () => {}); };

function Search() {
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const ref = useRef(null);
  const keys = useRef(null);
  const from = useRef(null); // what had the focus before
  const done = () => { setOpen(false); setText(""); ref.current.value = ""; ref.current.blur(); };
  const onKeyDown = (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") { done(); from.current?.focus(); } else if (!keys.current?.(event)) return;
    event.preventDefault();
  };
  const words = t("Search people, messages, numbers");
  const isShown = isOpen && finder.value;
  const onInput = () => { setOpen(true); setText(ref.current.value.trim()); };
  const type = (next) => { ref.current.value = next; onInput(); };
  const aria = { role: "combobox", "aria-expanded": String(Boolean(isShown)), "aria-autocomplete": "list",
    "aria-controls": isShown ? "search-results" : null, "aria-label": words };
  return html`<div class="search" onFocusOut=${() => setOpen(false)}><${Icon} name="search" /><input ref=${ref}
    type="search" data-testid="search" placeholder=${words} autocomplete="off" ...${aria} onInput=${onInput}
    onFocus=${({ relatedTarget }) => { from.current = relatedTarget; loadFinder(); setOpen(true); }} onKeyDown=${onKeyDown} /><kbd>/</kbd>
    ${isShown && html`<${finder.value.Results} text=${text} keys=${keys} type=${type} done=${done} />`}</div>`;
}

const openAlerts = lazily(() => import("./ui/alerting.js"))("openAlerts");
const openMe = lazily(() => import("./ui/me.js"))("openMe");

function Bar() {
  const { me, tenant } = session.value;
  const isLive = line.value === "live";
  const keys = t("Keyboard shortcuts");
  return html`<header class="bar">
    <a class="brand" href="/inbox/"><${Icon} name="logo" /><b>Parley</b> <small>${tenant.name}</small></a><${Search} />
    <div class="end"><span class=${`pill ${isLive ? "" : "off"}`} data-testid="line" data-state=${line.value}>
      ${isLive ? t("Live") : t("Connecting")}</span>
      <button type="button" class="iconbtn" aria-label=${keys} title=${tip(keys, "help")} onClick=${() => hooks.help()}>
        <${Icon} name="keyboard" /></button>
      <button type="button" class="iconbtn" aria-label=${t("Alerts")} title=${t("Alerts")} data-testid="bell"
        onClick=${(event) => openAlerts(event.currentTarget)}><${Icon} name="bell" /></button>
      <button type="button" class="iconbtn me" aria-label=${t("You: {name}", { name: me.name })} data-testid="me"
        onClick=${(event) => openMe(event.currentTarget)}><${Avatar} name=${me.name} colour=${me.avatar} size="s" /></button></div></header>`;
}

// ---------------------------------------------------------------- frame

// The conversation's pane, loaded at once for an address with one, else when there is time
const pane = signal(null);
function loadPane() {
  // Its modules, all at once
  document.getElementById("pane")?.replaceWith(document.getElementById("pane").content);
  return import("./ui/thread.js").then((module) => { pane.value = module; }, () => { setTimeout(loadPane, 3000); });
}

/** No conversation is open, or its pane is on its way. */
function Blank({ isComing }) {
  const phone = session.value.phone_url;
  if (isComing) return html`<main class="thread" id="thread" tabindex="-1" aria-busy="true"></main>`;
  return html`<main class="thread" id="thread" tabindex="-1"><div class="empty tall" data-testid="thread-empty">
    <${Icon} name="message-circle" /><p>${t("Choose a conversation, or press J to go through them.")}</p>
    ${phone && html`<a class="btn" href=${phone} target="_blank" rel="noopener">
      ${t("Open the demo phone")}</a>`}</div></main>`;
}

/** Whether a media query holds, as state. */
function useMedia(query) {
  const media = useRef(matchMedia(query)).current;
  const [isOn, set] = useState(media.matches);
  useEffect(() => { media.onchange = () => set(media.matches); return () => { media.onchange = null; }; }, []);
  return isOn;
}

function Skips({ hasThread }) {
  const toComposer = (event) => { event.preventDefault(); hooks.focusComposer?.(); };
  return html`<a class="skip" href="#conversations">${t("To the list")}</a>
    <a class="skip" href="#thread">${t("To the conversation")}</a>
    ${hasThread && html`<a class="skip" href="#composer" onClick=${toComposer}>${t("To the composer")}</a>`}`;
}

const splitter = signal(null);
const isThreadOpen = computed(() => Boolean(route.value.thread));

function App() {
  const { id } = shown.value;
  const hasThread = isThreadOpen.value;
  const isWide = useMedia("(min-width: 1200px)");
  const isNarrow = useMedia("(max-width: 799px)");
  const [drawer, setDrawer] = useState(false);
  useEffect(() => { setDrawer(false); closeLayer(); }, [id]);
  const isSideOpen = Boolean(id) && (isWide ? prefs.value.side : drawer);
  const onSide = () => (isWide ? setPref("side", !prefs.peek().side) : setDrawer(!drawer));
  const look = `shell ${hasThread ? "has-thread" : ""} ${isWide && isSideOpen ? "has-side" : ""}`;
  return html`<${Skips} hasThread=${id} /><div class=${look}><${Bar} /><${Banner} /><${Rail} />
    <${ListPane} isMain=${isNarrow && !hasThread} />${splitter.value && html`<${splitter.value} pane="listWidth" />`}
    ${id && pane.value ? html`<${pane.value.ThreadPane} onSide=${onSide} isSideOpen=${isSideOpen} isNarrow=${isNarrow} />`
      : html`<${Blank} isComing=${Boolean(id)} />`}
    ${isWide && isSideOpen && splitter.value && html`<${splitter.value} pane="sideWidth" />`}
    ${isSideOpen && pane.value && html`<${pane.value.SidePane} id=${id} onClose=${isWide ? null : () => setDrawer(false)} />`}</div>
    <${Layers} /><${SignIn} check=${checkSignIn} />`;
}

// ---------------------------------------------------------------- staying right

let isChecking = false;
/** Signed in again? Then go on; as somebody else: start afresh. */
async function checkSignIn() {
  if (isChecking) return;
  isChecking = true;
  try {
    const { me } = await call("GET", `bootstrap?view=${route.peek().view}`);
    if (me.id !== session.peek().me.id) location.reload();
    signedOut.value = false;
    reconnect();
    flushAll();
    flushDrafts();
  } catch { /* not yet */ }
  isChecking = false;
}

/** The entry at the top of what is read, or null when the reader is at the end. */
function placeInThread() {
  const box = document.querySelector("[data-testid=timeline]");
  if (!box || box.scrollHeight - box.scrollTop - box.clientHeight < 40) return null;
  const isInSight = (row) => row.getBoundingClientRect().bottom > box.getBoundingClientRect().top;
  return [...box.querySelectorAll("[data-entry]")].find(isInSight)?.dataset.entry;
}

/** Read everything again, keeping the draft and the place. isAnew: rows of the open conversation may be gone. */
async function resync(isAnew = false) {
  const { view, thread: was, message } = route.peek();
  try {
    const data = await get("bootstrap", { view, ...(was ? { thread: was } : {}) });
    // Another one when that has taken it in
    const id = data.thread?.thread.id || was;
    const place = placeInThread();
    const rows = isAnew ? { entries: [], pages: [], late: [], missed: [] } : { stale: true };
    if (id) apply({ type: "page.timeline", data: { id, ...rows } });
    apply({ type: "loaded.bootstrap", data });
    goOn();
    if (id !== was) go({ thread: id, message }, { replace: true });
    else if (id) await (place ? jumpTo(id, place, { isQuiet: true }) : latest(id));
    const isHere = () => route.peek().thread === (id ?? null);
    const keep = isHere() && await rebuild(data.threads);
    // They went elsewhere meanwhile: what stands open is not to be forgotten.
    if (!isHere()) { resync(isAnew); return; }
    apply({ type: "page.forget", data: { but: id, keep } });
  } catch { setTimeout(() => resync(isAnew), 3000 + Math.random() * 3000); }
}

// Set when the module that alerts is here
let alertOf = () => {};
const COUNTED = /^(message\.(received|queued)|note\.added|thread\.|watch\.)/;
let [viewsTimer, viewsAt] = [0, 0];
/** Counts follow events after 300 ms; in a storm at most once a second. */
function onEvents(events) {
  alertOf(events);
  if (viewsTimer || !events.some((event) => COUNTED.test(event.type))) return;
  const ask = async () => {
    [viewsTimer, viewsAt] = [0, Date.now()];
    try { apply({ type: "loaded.views", data: await get("views") }); } catch { /* the next event asks again */ }
  };
  viewsTimer = setTimeout(ask, Math.max(300, viewsAt + 1000 - Date.now()));
}

let touchedAt = Date.now();
/** A new build is taken when nobody would notice: hidden for a minute or idle for five, nothing on its way. */
function reloadWhenIdle() {
  const idle = Date.now() - touchedAt;
  const isUnseen = idle > (document.hidden ? 60_000 : 300_000);
  if (!isOutdated() || !isUnseen || outbox.peek().length || document.querySelector("dialog[open], .talking")) return;
  const place = route.peek().thread && placeInThread();
  // Whoever was reading finds it where it was
  if (place) history.replaceState(null, "", href({ message: place }));
  location.reload();
}

/** The connection in words, for eyes (after 2 s) and ears. */
function watchLine() {
  let timer = 0;
  const isBack = () => {
    if (isLost.peek()) announce(t("Connected again."));
    isLost.value = false;
    const { thread: id } = route.peek();
    if (id && timeline(id).peek()?.state === "error") prepare(id);
  };
  const isGone = () => { isLost.value = true; announce(t("The connection is lost.")); };
  effect(() => {
    clearTimeout(timer);
    if (line.value === "live") isBack();
    else if (line.value === "lost" && !signedOut.value) timer = setTimeout(isGone, 2000);
  });
  addEventListener("online", () => { isOffline.value = false; flushDrafts(); reload({ quiet: true }); });
  addEventListener("offline", () => { isOffline.value = true; announce(t("You are offline.")); });
}

/** The composer stays above the soft keyboard: the page is as tall as what is visible. */
function watchKeyboard() {
  const view = window.visualViewport;
  const fit = () => document.documentElement.style.setProperty("--page", `${view.height}px`);
  if (view && matchMedia("(pointer: coarse)").matches) { view.addEventListener("resize", fit); fit(); }
}

/** What nobody waits for. */
function loadRest() {
  loadSaved();
  import("./alerts.js").then(({ startAlerts }) => { alertOf = startAlerts(pageTitle); }, () => {});
  import("./ui/filtering.js").catch(() => {});
  // Else the keys pressed right after the first choice would mean the open conversation
  import("./ui/bulk.js").catch(() => {});
  import("./ui/splitter.js").then(({ Splitter }) => { splitter.value = Splitter; }, () => {});
  import("./calls.js").then(({ startCalls }) => startCalls(), () => {});
  import("./availability.js").then(({ startActivity }) => startActivity(() => touchedAt), () => {});
}

function start() {
  const data = JSON.parse(document.getElementById("bootstrap").textContent);
  apply({ type: "loaded.bootstrap", data });
  for (const begin of [startOutbox, goOnClosing, startDrafts, startTimelines, startKeys, startPresence, watchLine, watchKeyboard]) begin();
  const open = data.thread?.thread.id;
  if (open && open !== route.peek().thread) go({ thread: open, message: route.peek().message }, { replace: true });
  startLists(data.threads);
  effect(() => { if (route.value.thread && !pane.peek()) loadPane(); });
  // The rest after it, so that it waits for nothing
  whenIdle(() => loadPane().then(() => whenIdle(loadRest)));
  render(html`<${App} />`, document.getElementById("app"));
  startSocket({ resync, batch: onEvents });
  for (const name of ["keydown", "pointerdown"]) addEventListener(name, () => { touchedAt = Date.now(); });
  setInterval(reloadWhenIdle, 20_000);
  window.parley = { store: { snapshot, apply }, connect };
}

start();
