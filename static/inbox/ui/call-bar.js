// The bar of calls above the page: who rings, the call one is in, and why it cannot be taken.
import { Avatar, Icon, effect, go, html, render, route, signal, t, useEffect, useRef, useState } from "../base.js";
import { calls, hear, isForMe, ringing, silence, silenced } from "../calls.js";
import { add, hooks, tip } from "../commands.js";
import { directory, isMine, member } from "../store.js";
import { put, signedOut } from "../server.js";
import { startRinging } from "../ringing.js";
import { accept, decline, follow, hangUp, isBusy, mute, press, talk } from "../talk.js";
import { addressWords, duration, whoIs } from "../text.js";
import { closeLayer, openPopover } from "./layers.js";
import { openPicker } from "./pickers.js";
import { oops } from "../actions.js";

const first = () => ringing().find((call) => isForMe(call) && !silenced.value.has(call.id));
const current = () => calls.value.get(talk.value?.id) || talk.value?.call;

// ---------------------------------------------------------------- pieces

function Button({ name, icon, look = "", command, run, ...more }) {
  return html`<button type="button" class=${`call-do ${look}`} aria-label=${name} title=${command ? tip(name, command) : name}
    onClick=${(event) => run(event.currentTarget)} ...${more}><${Icon} name=${icon} /><span>${name}</span></button>`;
}

/** Who it is, as a way to their conversation. */
function Who({ call, children }) {
  const { customer } = call;
  const name = whoIs(customer);
  const number = customer.addresses.find((one) => one.kind === "phone");
  const isThere = route.value.thread === call.thread_id;
  const words = [number && customer.name && addressWords(number)];
  return html`<${Avatar} name=${customer.name} id=${customer.id} size="s" /><div class="call-who">
    <button type="button" class="call-name" title=${t("Open the conversation")} onClick=${() => go({ thread: call.thread_id })}>
      <bdi>${name}</bdi></button><small>${children}${words[0] && html` <bdi class="call-number">${words[0]}</bdi>`}</small></div>
    ${!isThere && html`<button type="button" class="linkbtn call-go" data-testid="call-go"
      onClick=${() => go({ thread: call.thread_id })}>${t("Open the conversation")}</button>`}`;
}

// ---------------------------------------------------------------- it rings

function passOn(call, anchor) {
  const pass = async (id) => {
    closeLayer();
    try { hear(await put(`calls/${call.id}/recipient`, { member_id: id })); } catch (problem) { oops(problem); }
  };
  const people = directory.value.members.filter((one) => one.is_active && !isMine(one.id));
  const options = people.map((one) => ({ id: one.id, label: one.name, run: () => pass(one.id) }));
  const everybody = { id: "all", label: t("Everybody"), icon: "users", run: () => pass(null) };
  openPicker(anchor, { label: t("Pass the call on"), options: () => (call.passed_to ? [everybody, ...options] : options) });
}

function Ringing({ call }) {
  const { passed_to: to } = call;
  const words = !to ? t("Incoming call") : isMine(to.id) ? t("Passed on to you") : t("Passed on to {name}", { name: to.name });
  const look = isForMe(call) ? "loud" : "aside";
  return html`<section class=${`call-bar ringing ${look}`} role="group" aria-label=${t("{name} calls", { name: whoIs(call.customer) })}
    data-testid="call-ringing" data-call=${call.id}><${Who} call=${call}>${words}<//>
    <div class="call-acts"><${Button} name=${t("Pass on")} icon="phone-forwarded" run=${(anchor) => passOn(call, anchor)} data-testid="call-pass" />
      <${Button} name=${t("Silence")} icon="bell-off" command="call-silence" run=${() => silence(call.id)} data-testid="call-silence" />
      <${Button} name=${t("Decline")} icon="phone-off" look="no" command="call-decline" run=${() => decline(call)} data-testid="call-decline" />
      ${!isBusy() && html`<${Button} name=${t("Accept")} icon="phone" look="yes" command="call-accept" run=${() => accept(call)} data-testid="call-accept" />`}</div></section>`;
}

function Refused({ call }) {
  const leave = () => { silence(call.id); talk.value = null; };
  return html`<section class="call-bar refused" role="alert" data-testid="call-refused"><${Icon} name="mic-off" />
    <p><b><bdi>${whoIs(call.customer)}</bdi></b> · ${talk.value.problem} ${t("It rings on for your colleagues.")}</p>
    <div class="call-acts"><${Button} name=${t("Leave it to others")} icon="x" run=${leave} />
      <${Button} name=${t("Try again")} icon="phone" look="yes" run=${() => accept(call)} data-testid="call-again" /></div></section>`;
}

// ---------------------------------------------------------------- in a call

function Timer({ since }) {
  const [, tick] = useState(0);
  useEffect(() => { const timer = setInterval(() => tick((n) => n + 1), 1000); return () => clearInterval(timer); }, []);
  return html`<span role="timer" class="call-time">${duration(Math.max(0, (Date.now() - since) / 1000))}</span>`;
}

/** How loud one's own voice arrives, as five marks. */
function Level() {
  const { level, isMuted } = talk.value;
  const words = isMuted ? t("The microphone is off.") : t("Your voice");
  const mark = (n) => html`<i key=${n} class=${!isMuted && level > n / 8 ? "on" : ""}></i>`;
  return html`<span class="call-level" role="meter" aria-label=${words} title=${words} aria-valuemin="0" aria-valuemax="1"
    aria-valuenow=${level.toFixed(1)} data-testid="call-level">${[0, 1, 2, 3, 4].map(mark)}</span>`;
}

const KEYS = [..."123456789*0#"];
const pressed = signal("");

function Keypad() {
  const onPress = (key) => { press(key); pressed.value = (pressed.peek() + key).slice(-16); };
  const onKeyDown = (event) => { if (KEYS.includes(event.key)) { event.preventDefault(); onPress(event.key); } };
  const button = (key) => html`<button type="button" key=${key} data-testid=${`key-${key}`} onClick=${() => onPress(key)}>${key}</button>`;
  return html`<div class="keypad" data-testid="keypad" onKeyDown=${onKeyDown}><output aria-live="polite">${pressed.value}</output>
    <div>${KEYS.map(button)}</div>${!talk.value?.takesKeys && html`<p>${t("This connection carries no tones.")}</p>`}</div>`;
}

function openKeypad(anchor) {
  pressed.value = "";
  openPopover(anchor, t("Keypad"), () => html`<${Keypad} />`);
}

/** No provider of ours hands a running call on, so nothing here pretends to. */
function openTransfer(call, anchor) {
  const write = () => { closeLayer(); go({ thread: call.thread_id }); setTimeout(() => hooks.mode?.("note")); };
  openPopover(anchor, t("Hand the call on"), () => html`<div class="call-transfer" data-testid="call-transfer"><p>
    ${t("A call that is answered cannot be handed on or put on hold: the provider has neither.")}</p><p>
    ${t("Mention a colleague in a note and ask for help, or promise the customer a call back.")}</p>
    <button type="button" class="btn primary" onClick=${write}>${t("Ask a colleague")}</button></div>`);
}

function Talking({ call }) {
  const { phase, isMuted, isWeak, since } = talk.value;
  const isTalking = phase === "talking";
  const isMini = route.value.thread !== call.thread_id;
  const ref = useRef(null);
  useEffect(() => { if (document.activeElement === document.body) ref.current.focus(); }, []); // the button pressed is gone
  const words = phase === "asking" ? t("Waiting for the microphone…") : phase === "dialing" ? t("Calling…") : !isTalking ? t("Connecting…")
    : isWeak ? t("The sound is interrupted…") : "";
  return html`<section class=${`call-bar talking ${isMini ? "mini" : ""}`} role="group" ref=${ref} tabindex="-1" data-testid="call-talking" data-phase=${phase}
    data-call=${call.id} aria-label=${t("Call with {name}", { name: whoIs(call.customer) })}>
    <${Who} call=${call}>${words || html`<${Timer} since=${since} />`}<//>
    ${isTalking && html`<${Level} />`}
    <div class="call-acts">${isTalking && html`<${Button} name=${isMuted ? t("Unmute") : t("Mute")} icon=${isMuted ? "mic-off" : "mic"}
        command="call-mute" look=${isMuted ? "on" : ""} aria-pressed=${isMuted} run=${mute} data-testid="call-mute" />
      <${Button} name=${t("Keypad")} icon="grip" command="call-keypad" run=${openKeypad} data-testid="call-keypad" />
      <${Button} name=${t("Hand on")} icon="phone-forwarded" run=${(anchor) => openTransfer(call, anchor)} data-testid="call-hand-on" />`}
      <${Button} name=${t("Hang up")} icon="phone-off" look="no" command="call-end" run=${hangUp} data-testid="call-end" /></div></section>`;
}

// ---------------------------------------------------------------- the bar

function Bar() {
  const call = current();
  const here = call && (talk.value.phase === "refused" ? html`<${Refused} key="here" call=${call} />` : html`<${Talking} key="here" call=${call} />`);
  const others = ringing().filter((one) => !silenced.value.has(one.id) && one.id !== talk.value?.id);
  return html`${here}${others.slice(0, 3).map((one) => html`<${Ringing} key=${one.id} call=${one} />`)}`;
}

const whileTalking = { when: () => talk.peek()?.phase === "talking" };
const whileRinging = { when: () => Boolean(first()) };
const COMMANDS = [
  ["call-accept", () => t("Accept the call"), ["y"], () => accept(first()), whileRinging],
  ["call-decline", () => t("Decline the call"), ["shift+d"], () => decline(first()), whileRinging],
  ["call-silence", () => t("Silence the call"), ["s"], () => silence(first().id), whileRinging],
  ["call-mute", () => t("Mute or unmute"), ["m", "mod+shift+m"], mute, whileTalking],
  ["call-keypad", () => t("Keypad of the call"), ["#"], () => openKeypad(document.querySelector("[data-testid=call-keypad]")), whileTalking],
  ["call-end", () => t("Hang up"), ["shift+h"], hangUp, { when: isBusy }],
];

/** Its own styles come with it. */
function dressed() {
  const href = new URL("../../css/inbox/calls.css", import.meta.url).href;
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((done) => { sheet.onload = done; sheet.onerror = done; document.head.append(sheet); });
}

/** Above the page; above the words in the dialog of who must sign in again, outside of which no button can be pressed. */
function place(box, isOut) {
  const dialog = isOut && document.querySelector("[data-testid=sign-in]");
  (dialog || document.body).prepend(box);
}

/** Draw the bar above the page, which gets shorter by it. */
export async function mount() {
  await dressed();
  const box = Object.assign(document.createElement("div"), { id: "calls" });
  effect(() => { setTimeout(place, 0, box, signedOut.value); }); // once the dialog is drawn
  const { style } = document.documentElement;
  new ResizeObserver(() => style.setProperty("--calls", `${box.offsetHeight}px`)).observe(box);
  add("call", COMMANDS);
  startRinging();
  effect(follow);
  render(html`<${Bar} />`, box);
}
