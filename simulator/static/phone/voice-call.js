// A call by WhatsApp on the phone's glass, and its row in the chat afterwards.
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "./html.js";
import { Avatar } from "./avatar.js";
import { Icon } from "./icon.js";
import { now, numbers, place, voiceCalls } from "./state.js";
import { follow, hangUp, join, mine, mute, take } from "./voice.js";

const isLive = (message) => message.content.voice_call.status !== "ended";

/** {call, business} of the open phone, or null. */
export function liveVoiceCall() {
  const call = [...voiceCalls.value.values()].find((one) => isLive(one) && one.number === place.value.number);
  const business = call && numbers.value.find((one) => one.phone_number_id === call.channel);
  return business ? { call, business } : null;
}

effect(() => { for (const call of voiceCalls.value.values()) follow(call); });

function Round({ tone, icon, words, hook, onClick, ...more }) {
  return html`<button class=${`handset ${tone}`} type="button" data-testid=${hook} onClick=${onClick} ...${more}>
    <span><${Icon} name=${icon} /></span>${words}</button>`;
}

const seconds = (from) => Math.max(0, Math.round((now.value - Date.parse(from)) / 1000));
const clock = (s) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;

function words({ from_me: isMine, at, content }) {
  const { status, talks_since: since } = content.voice_call;
  if (status === "talking") return clock(seconds(since ?? at));
  if (status === "connecting") return "Connecting…";
  return isMine ? "Ringing…" : "WhatsApp voice call";
}

// What the customer hears at the beginning, followed by what it is for.
const ANNOUNCED = {
  recording: "“This call is recorded.”", transcription: "“This call is written down.”",
  "recording,transcription": "“This call is recorded and written down.”",
};

/** The whole glass while it lives. */
export function VoiceScreen({ call, business }) {
  const { status, keeps = {} } = call.content.voice_call;
  const kept = Object.keys(keeps);
  const isIncoming = !call.from_me && status !== "talking";
  useEffect(() => { if (isIncoming) join(call); }, [call.id]);
  const isHere = mine.value?.id === call.id;
  return html`<section class=${`call ${status === "talking" ? "ringing calm" : "ringing"}`} data-testid="voice-screen" data-status=${status}
      aria-label=${`Call with ${business.verified_name}`}>
    <div class="caller" role="status">
      <span class="rings"><${Avatar} name=${business.verified_name} seed=${business.phone_number_id} /></span>
      <h2 dir="auto">${business.verified_name}</h2><p class="num">${business.display_phone_number}</p>
      <p class="pill">${words(call)}</p>
      ${kept.length ? html`<p class="hint" data-testid="voice-keeps">${ANNOUNCED[kept.join()]} ${keeps[kept[0]]}</p>` : null}
      ${isHere && mine.value.isTone ? html`<p class="hint">No microphone: the business hears a tone.</p>` : null}
      ${!isHere && status === "talking" ? html`<p class="hint">The sound is in another window.</p>` : null}
    </div>
    <div class="choice">${isIncoming
      ? html`<${Round} tone="no" icon="phone-off" words="Decline" hook="voice-decline" onClick=${() => hangUp(call.id, { decline: true })} />
        <${Round} tone="yes" icon="phone" words="Answer" hook="voice-answer" onClick=${() => take(call.id)} />`
      : html`${isHere && status === "talking" ? html`<${Round} tone="" icon=${mine.value.isMuted ? "mic-off" : "mic"} hook="voice-mute"
          words=${mine.value.isMuted ? "Unmute" : "Mute"} aria-pressed=${mine.value.isMuted} onClick=${mute} />` : null}
        <${Round} tone="no" icon="phone-off" words="Hang up" hook="voice-end" onClick=${() => hangUp(call.id)} />`}</div>
  </section>`;
}

const ENDS = { declined: "declined", missed: "not answered", failed: "failed" };

/** A call that is over, as a row of the chat. */
export function VoiceRow({ message, meta }) {
  const { outcome, duration_s: takes, status } = message.content.voice_call;
  const end = status === "ended" ? ENDS[outcome] ?? "" : "now";
  return html`<p class="callrow"><${Icon} name=${takes == null ? "phone-off" : "phone"} /><b>Voice call</b>
    ${takes == null ? html`<span>${end}</span>` : html`<span class="num">${clock(takes)}</span>`}</p>${meta}`;
}
