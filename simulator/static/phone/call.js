// The telephone in use: it rings, somebody answers, words are heard, keys are pressed.
import { useEffect, useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Avatar } from "./avatar.js";
import { act } from "./outbox.js";
import { actOnCall } from "./api.js";
import { now } from "./state.js";
import { isRinging } from "./live-call.js";

const KEYS = [..."123456789*0#"];
const LETTERS_MS = 60;

const press = (call, what) => act(actOnCall(call.id, what));

/** The whole glass while a call lives. `call` is its message, `business` the line that calls. */
export function CallScreen({ call, business }) {
  const state = call.content.call;
  return html`<section class=${`call ${isRinging(call) ? "ringing" : "talking"}`} data-testid="call-screen"
      data-status=${state.status} aria-label=${`${business.verified_name} calls`}>
    ${isRinging(call) ? html`<${Ringing} call=${call} business=${business} />` : html`<${Talking} call=${call} business=${business} />`}
  </section>`;
}

function Ringing({ call, business }) {
  return html`<div class="caller" role="status">
      <span class="rings"><${Avatar} name=${business.verified_name} seed=${business.phone_number_id} /></span>
      <h2 dir="auto">${business.verified_name}</h2>
      <p class="num">${business.display_phone_number}</p>
      <p class="pill">Ringing, ${seconds(call)} s</p>
    </div>
    <div class="choice">
      <${Round} tone="no" icon="phone-off" words="Decline" hook="call-decline" onClick=${() => press(call, { decline: true })} />
      <${Round} tone="yes" icon="phone" words="Answer" hook="call-answer" onClick=${() => press(call, { answer: true })} />
    </div>
    <button class="btn quiet" type="button" data-testid="call-voicemail" onClick=${() => press(call, { voicemail: true })}>Let voicemail take it</button>`;
}

function Round({ tone, icon, words, hook, onClick }) {
  return html`<button class=${`handset ${tone}`} type="button" data-testid=${hook} onClick=${onClick}>
    <span><${Icon} name=${icon} /></span>${words}</button>`;
}

function Talking({ call, business }) {
  return html`<header class="peer">
      <${Avatar} name=${business.verified_name} seed=${business.phone_number_id} />
      <div class="who"><h2><span dir="auto">${business.verified_name}</span></h2>
        <p class="num">${clock(seconds(call))} · ${business.display_phone_number}</p></div>
    </header>
    <${Heard} spoken=${call.content.call.spoken} />
    <${Keypad} call=${call} />`;
}

function Heard({ spoken }) {
  return html`<div class="heard" role="log" aria-label="Spoken words" tabindex="0" data-testid="call-words">
    <p class="voice"><${Icon} name="volume-2" />${voiceOf(spoken)}, spoken words</p>
    ${spoken.map((part, i) => part.digits
      ? html`<p key=${i} class="pressed"><b>${part.digits}</b> pressed</p>`
      : html`<${Words} key=${i} part=${part} isLast=${i === spoken.length - 1} />`)}
  </div>`;
}

const voiceOf = (spoken) => spoken.find((part) => part.voice)?.voice ?? "A voice";

// The words still to come are pale; readers hear each part once, whole.
function Words({ part, isLast }) {
  const at = useSpoken(part, isLast);
  return html`<p dir="auto" lang=${part.language || null}><span>${part.text.slice(0, at)}</span><span class="coming">${part.text.slice(at)}</span></p>`;
}

function useSpoken({ text, seconds: takes }, isLast) {
  const [began] = useState(Date.now);
  const [at, setAt] = useState(isLast && takes ? 0 : text.length);
  useEffect(() => {
    if (at >= text.length || !isLast) return undefined;
    const timer = setTimeout(() => setAt(Math.ceil(((Date.now() - began) / (takes * 1000)) * text.length)), LETTERS_MS);
    return () => clearTimeout(timer);
  }, [at, isLast]);
  return isLast ? Math.min(at, text.length) : text.length;
}

function Keypad({ call }) {
  const last = call.content.call.spoken.findLast((part) => part.digits)?.digits;
  return html`<div class="keypad" role="group" aria-label="Keypad">
    ${KEYS.map((key) => html`<button key=${key} type="button" class=${key === last ? "hit" : ""} data-testid=${`call-key-${key}`}
      onClick=${() => press(call, { press: key })}>${key}</button>`)}
    <${Round} tone="no end" icon="phone-off" words=${html`<span class="vh">Hang up</span>`} hook="call-end" onClick=${() => press(call, { hang_up: true })} />
  </div>`;
}

const seconds = (call) => Math.max(0, Math.round((now.value - Date.parse(call.at)) / 1000));
const clock = (s) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;

/** A call that is over, as a row of the chat. */
export function CallRow({ message, meta }) {
  const { spoken, duration_s: takes } = message.content.call;
  const keys = spoken.filter((part) => part.digits).map((part) => part.digits);
  return html`<p class="callrow"><${Icon} name=${takes ? "phone" : "phone-off"} /><b>${endWords(message)}</b>
    ${takes ? html`<span class="num">${clock(takes)}</span>` : null}${keys.length ? html`<span>pressed ${keys.join(", ")}</span>` : null}</p>
    ${message.text ? html`<details><summary>What was said</summary><p dir="auto">${message.text}</p></details>` : null}${meta}`;
}

const ENDS = { busy: "Missed call, busy", "no-answer": "Missed call", canceled: "Call cancelled", failed: "Call failed", completed: "Call" };

function endWords({ content }) {
  const { status, answered_by: by } = content.call;
  if (by?.startsWith("machine")) return "Voicemail";
  return ENDS[status] ?? "Calling";
}
