// Starts the inbox page and frames it: the bar, the views, the panes, what is wrong with the connection.
import { Avatar, Dot, Icon, announce, computed, debounce, effect, html, prefs, render, setPref, signal, t, tn, useEffect, useRef, useState } from "./base.js";
import { call, get, signedOut } from "./api.js";
import { hooks, startKeys, tip } from "./commands.js";
import { flushDrafts, startDrafts } from "./drafts.js";
import { VIEWS, rebuild, reload, startLists } from "./lists.js";
import { flushAll, outbox, startOutbox } from "./outbox.js";
import { go, href, route } from "./route.js";
import { apply, directory, session, snapshot, views } from "./store.js";
import { connect, goOn, line, reconnect, serverVersion, startSocket } from "./socket.js";
import { jumpTo, latest, shown, startTimelines } from "./timelines.js";
import { CustomerPanel } from "./ui/customer.js";
import { Layers, closeOnChange, openPopover } from "./ui/layers.js";
import { ListPane } from "./ui/list.js";
import { setFilter } from "./ui/pickers.js";
import { ThreadPane } from "./ui/thread.js";

// ---------------------------------------------------------------- bar

function Search() {
  const { q = "" } = route.value.filters;
  const ref = useRef(null);
  useEffect(() => { if (document.activeElement !== ref.current) ref.current.value = q; }, [q]);
  const search = useRef(debounce(() => { const text = ref.current.value.trim(); if (text) go({ view: "all", filters: { q: text } }); else setFilter("q", null); }, 250)).current;
  const onKeyDown = (event) => { if (event.key === "Escape") { ref.current.value = ""; search(); ref.current.blur(); } if (event.key === "ArrowDown") { event.preventDefault(); hooks.moveList?.(0); } };
  return html`<label class="search"><${Icon} name="search" /><input ref=${ref} type="search" data-testid="search" placeholder=${t("Search people, messages, numbers")} aria-label=${t("Search people, messages, numbers")} onInput=${search} onKeyDown=${onKeyDown} /><kbd>/</kbd></label>`;
}

const Choice = ({ name, value, options }) => html`<div class="choice" role="radiogroup" aria-label=${name}><span>${name}</span><span class="seg">${options.map(([key, word, icon]) => html`<button type="button" key=${String(key)} role="radio" aria-checked=${prefs.value[value] === key} aria-label=${word} title=${word} onClick=${() => setPref(value, key)}>${icon ? html`<${Icon} name=${icon} />` : word}</button>`)}</span></div>`;

const Me = () => html`<div class="me-menu"><p><b>${session.value.me.name}</b><small>${session.value.me.email}</small></p>
  <${Choice} name=${t("Theme")} value="theme" options=${[["system", t("Like the system"), "monitor"], ["light", t("Light"), "sun"], ["dark", t("Dark"), "moon"]]} />
  <${Choice} name=${t("Enter key")} value="enter" options=${[[true, t("Sends")], [false, t("New line")]]} />
  <${Choice} name=${t("Single-letter shortcuts")} value="keys" options=${[[true, t("On")], [false, t("Off")]]} />
  <a href="/console/"><${Icon} name="settings" />${t("Console")}</a>${session.value.phone_url && html`<a href=${session.value.phone_url} target="_blank" rel="noopener"><${Icon} name="phone" />${t("Demo phone")}</a>`}
  <a href="/accounts/logout/"><${Icon} name="log-out" />${t("Sign out")}</a></div>`;

const isOnline = computed(() => line.value === "live");

function Bar() {
  const { me, tenant } = session.value;
  return html`<header class="bar"><a class="brand" href="/inbox/"><${Icon} name="logo" /><b>Parley</b><small>${tenant.name}</small></a><${Search} />
    <div class="end"><span class=${`pill ${isOnline.value ? "" : "off"}`} data-testid="line" data-state=${line.value}>${isOnline.value ? t("Live") : t("Connecting")}</span>
      <button type="button" class="iconbtn" aria-label=${t("Keyboard shortcuts")} title=${tip(t("Keyboard shortcuts"), "help")} onClick=${() => hooks.help()}><${Icon} name="keyboard" /></button>
      <button type="button" class="iconbtn me" aria-label=${t("You: {name}", { name: me.name })} data-testid="me" onClick=${(event) => openPopover(event.currentTarget, me.name, () => html`<${Me} />`)}><${Avatar} name=${me.name} colour=${me.avatar} size="s" /></button></div></header>`;
}

// ---------------------------------------------------------------- views

function ViewLink({ view, label, icon, dot, count, isHot, isHere, change, testid }) {
  const open = (event) => { if (event.ctrlKey || event.metaKey || event.shiftKey) return; event.preventDefault(); go(change); };
  return html`<li><a href=${href({ ...change, message: null })} aria-current=${isHere ? "page" : null} data-testid=${testid} data-count=${count} onClick=${open} title=${label}>
    ${icon ? html`<${Icon} name=${icon} />` : dot}<span>${label}</span>${" "}${count > 0 && html`<span class=${`n ${isHot ? "hot" : ""}`}>${count.toLocaleString()}</span>`}</a></li>`;
}

function Rail() {
  const { view, filters } = route.value;
  const countOf = (key) => views.value.find((one) => one.key === key);
  const isPlain = !filters.team;
  return html`<nav class="rail" data-pane="rail" aria-label=${t("Views")}><ul>${Object.entries(VIEWS).map(([key, { label, icon }]) => {
    const { count = 0, unread = 0 } = countOf(key) || {};
    return html`<${ViewLink} key=${key} testid=${`view-${key}`} label=${label()} icon=${icon} count=${key === "closed" ? 0 : key === "mine" && unread ? unread : count} isHot=${key === "mine" && unread > 0} isHere=${view === key && isPlain} change=${{ view: key, filters: {} }} />`;
  })}</ul>${directory.value.teams.length > 0 && html`<h2>${t("Teams")}</h2><ul>${directory.value.teams.map((one) => html`<${ViewLink} key=${one.id} label=${one.name} dot=${html`<${Dot} colour=${one.colour} />`} isHere=${filters.team === one.id} change=${{ view: "all", filters: { team: one.id, status: "open" } }} />`)}</ul>`}</nav>`;
}

// ---------------------------------------------------------------- banner and sign-in

const lostFor = signal(false);
const isOffline = signal(!navigator.onLine);

function Banner() {
  const waiting = outbox.value.filter((item) => item.state !== "failed").length;
  const isNew = serverVersion.value && serverVersion.value !== session.value.version;
  const text = isOffline.value ? t("You are offline. Write on; messages go out by themselves when the connection is back.") : lostFor.value ? t("The connection is lost. Trying again…") : isNew ? t("A new version is here.") : "";
  if (!text) return null;
  const held = (isOffline.value || lostFor.value) && waiting ? tn("{n} message waits.", "{n} messages wait.", waiting) : "";
  return html`<div class=${`banner ${isNew && !lostFor.value ? "calm" : ""}`} role="status" data-testid="banner"><${Icon} name=${isNew && !lostFor.value ? "refresh-cw" : "wifi-off"} /><span>${text} ${held}</span>
    ${isNew && !lostFor.value ? html`<button type="button" class="linkbtn" onClick=${() => location.reload()}>${t("Reload")}</button>` : lostFor.value && !isOffline.value && html`<button type="button" class="linkbtn" onClick=${reconnect}>${t("Now")}</button>`}</div>`;
}

/** Over the page while we are signed out: nothing is lost, sign in elsewhere and go on. */
function SignIn() {
  const ref = useRef(null);
  useEffect(() => {
    if (!signedOut.value) return undefined;
    if (!ref.current.open) ref.current.showModal();
    const timer = setInterval(check, 2000);
    addEventListener("focus", check);
    return () => { clearInterval(timer); removeEventListener("focus", check); };
  }, [signedOut.value]);
  if (!signedOut.value) return null;
  const open = () => window.open(`/accounts/login/?next=${encodeURIComponent("/inbox/")}`, "parley-sign-in", "popup,width=480,height=680");
  return html`<dialog class="dialog" ref=${ref} data-testid="sign-in" aria-labelledby="sign-in-title" onCancel=${(event) => event.preventDefault()}><div class="dialog-box">
    <h2 id="sign-in-title">${t("Please sign in again")}</h2><p>${t("Your sign-in has ended. Drafts and waiting messages are kept, and go on as soon as you are back.")}</p>
    <div class="dialog-actions"><button type="button" class="btn primary" autofocus onClick=${open}>${t("Sign in")}</button></div></div></dialog>`;
}

let checking = false;
async function check() {
  if (checking) return;
  checking = true;
  try {
    const { me } = await call("GET", `bootstrap?${new URLSearchParams({ view: route.peek().view })}`);
    if (me.id !== session.peek().me.id) location.reload();
    signedOut.value = false;
    reconnect();
    flushAll();
    flushDrafts();
  } catch { /* still signed out */ }
  checking = false;
}

// ---------------------------------------------------------------- frame

/** Whether a media query holds, as state. */
function useMedia(query) {
  const media = useRef(matchMedia(query)).current;
  const [isOn, set] = useState(media.matches);
  useEffect(() => { const on = () => set(media.matches); media.addEventListener("change", on); return () => media.removeEventListener("change", on); }, []);
  return isOn;
}

function App() {
  const { id } = shown.value;
  const open = Boolean(route.value.thread);
  const [drawer, setDrawer] = useState(false);
  const wide = useMedia("(min-width: 1200px)");
  const isNarrow = useMedia("(max-width: 799px)");
  useEffect(() => setDrawer(false), [id]);
  useEffect(() => { document.documentElement.style.setProperty("--list", `${prefs.value.listWidth}px`); }, [prefs.value.listWidth]);
  const isSideOpen = Boolean(id) && (wide ? prefs.value.side : drawer);
  const onSide = () => (wide ? setPref("side", !prefs.peek().side) : setDrawer(!drawer));
  return html`<a class="skip" href="#conversations">${t("To the list")}</a><a class="skip" href="#thread">${t("To the conversation")}</a>${id && html`<a class="skip" href="#composer" onClick=${(event) => { event.preventDefault(); hooks.focusComposer?.(); }}>${t("To the composer")}</a>`}
    <div class=${`shell ${open ? "has-thread" : ""} ${wide && isSideOpen ? "has-side" : ""}`}><${Bar} /><${Banner} /><${Rail} /><${ListPane} isMain=${isNarrow && !open} /><${ThreadPane} onSide=${onSide} isSideOpen=${isSideOpen} isNarrow=${isNarrow} />
      ${isSideOpen && (wide ? html`<${CustomerPanel} id=${id} />` : html`<div class="drawer" onClick=${(event) => event.target === event.currentTarget && setDrawer(false)} onKeyDown=${(event) => event.key === "Escape" && setDrawer(false)}><${CustomerPanel} id=${id} onClose=${() => setDrawer(false)} /></div>`)}</div>
    <${Layers} /><${SignIn} />`;
}

// ---------------------------------------------------------------- staying right

/** After too long a gap: read everything again, keeping the draft and the place in the conversation. */
async function resync() {
  const { view, thread: id } = route.peek();
  try {
    const data = await get("bootstrap", { view, ...(id ? { thread: id } : {}) });
    const top = [...document.querySelectorAll("[data-testid=timeline] [data-entry]")].find((row) => row.getBoundingClientRect().bottom > 160)?.dataset.entry;
    const box = document.querySelector("[data-testid=timeline]");
    const isAtEnd = !box || box.scrollHeight - box.scrollTop - box.clientHeight < 40;
    apply({ type: "page.reread", data: { id } });
    apply({ type: "loaded.bootstrap", data });
    goOn();
    if (id && !isAtEnd && top) await jumpTo(id, top); else if (id) await latest(id);
    apply({ type: "page.forget", data: { but: id, keep: await rebuild(data.threads) } });
  } catch { setTimeout(resync, 3000 + Math.random() * 3000); }
}

let viewsTimer = 0;
let viewsAt = 0;
/** Counts follow events after 300 ms; in a storm at most once a second. */
function refreshViews() {
  if (viewsTimer) return;
  viewsTimer = setTimeout(async () => {
    viewsTimer = 0;
    viewsAt = Date.now();
    try { apply({ type: "loaded.views", data: await get("views") }); } catch { /* the next event asks again */ }
  }, Math.max(300, viewsAt + 1000 - Date.now()));
}
const COUNTED = /^(message\.(received|queued)|note\.added|thread\.)/;

let typedAt = Date.now();
/** A new build is taken when nobody would notice: hidden or idle for five minutes, nothing on its way. */
function reloadWhenIdle() {
  const isNew = serverVersion.peek() && serverVersion.peek() !== session.peek().version;
  const isIdle = document.hidden || Date.now() - typedAt > 300_000;
  if (isNew && isIdle && !outbox.peek().length && !document.querySelector("dialog[open]") && Date.now() - typedAt > 60_000) location.reload();
}

/** The connection in words for eyes (after 2 s) and ears. */
function watchLine() {
  let timer = 0;
  effect(() => {
    clearTimeout(timer);
    if (line.value === "live") { if (lostFor.peek()) announce(t("Connected again.")); lostFor.value = false; }
    else if (line.value === "lost" && !signedOut.value) timer = setTimeout(() => { lostFor.value = true; announce(t("The connection is lost.")); }, 2000);
  });
  const set = () => { isOffline.value = !navigator.onLine; };
  addEventListener("online", () => { set(); flushDrafts(); reload({ quiet: true }); });
  addEventListener("offline", () => { set(); announce(t("You are offline.")); });
}

/** The composer stays above the soft keyboard: the page is as tall as what is visible. */
function watchKeyboard() {
  const view = window.visualViewport;
  const fit = () => document.documentElement.style.setProperty("--page", `${view.height}px`);
  if (view && matchMedia("(pointer: coarse)").matches) { view.addEventListener("resize", fit); fit(); }
}

function start() {
  const data = JSON.parse(document.getElementById("bootstrap").textContent);
  apply({ type: "loaded.bootstrap", data });
  startOutbox();
  startDrafts();
  startLists(data.threads);
  startTimelines();
  startKeys();
  watchLine();
  watchKeyboard();
  closeOnChange(() => route.value.thread);
  render(html`<${App} />`, document.getElementById("app"));
  startSocket({ resync, batch: (events) => events.some((event) => COUNTED.test(event.type)) && refreshViews() });
  addEventListener("keydown", () => { typedAt = Date.now(); });
  addEventListener("pointerdown", () => { typedAt = Date.now(); });
  setInterval(reloadWhenIdle, 20_000);
  window.parley = { store: { snapshot, apply }, connect };
}

start();
