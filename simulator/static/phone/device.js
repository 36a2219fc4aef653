// The phone in the middle: status line, whom one talks to, chat, composer. On a narrow screen only the glass remains.
import { useRef } from "preact/hooks";
import { html } from "./html.js";
import { Icon, IconButton } from "./icon.js";
import { Avatar } from "./avatar.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { StageSheet } from "./stage-sheet.js";
import { MessageMenu } from "./menu.js";
import { addFiles } from "./staged.js";
import { go } from "./route.js";
import { CallScreen } from "./call.js";
import { liveCall } from "./live-call.js";
import { VoiceScreen, liveVoiceCall } from "./voice-call.js";
import { callBusiness } from "./voice.js";
import { memberNames } from "./group.js";
import { isOffline, isTyping, link, minute, missing, openKey, openNumber, openPhone, place, settled } from "./state.js";
import { clockTime } from "./when.js";

export function Stage() {
  const phone = openPhone.value;
  if (!phone || !openNumber.value) return html`<main class="stage" id="phone" aria-label="Phone"><${NoPhone} /></main>`;
  return html`<main class="stage" id="phone" aria-label=${`${phone.name}’s phone`}>
    <div class="device"><${Glass} /></div>
    <${MessageMenu} />
  </main>`;
}

function Glass() {
  const glass = useRef(null);
  const spoken = liveVoiceCall();
  if (spoken) return html`<div class="glass"><${SystemLine} /><${VoiceScreen} key=${spoken.call.id} ...${spoken} /></div>`;
  if (liveCall.value) return html`<div class="glass"><${SystemLine} /><${CallScreen} ...${liveCall.value} /></div>`;
  return html`<div class=${`glass ${openNumber.value.kind}`} ref=${glass} ...${dropping(glass)}>
    <${SystemLine} /><${Peer} /><${Chat} /><${Composer} /><${StageSheet} />
    <p class="dropword" aria-hidden="true"><${Icon} name="file-down" />Drop to send</p>
  </div>`;
}

function dropping(glass) {
  const mark = (isOver) => glass.current.classList.toggle("over", isOver);
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  return {
    onDragOver: (event) => { if (hasFiles(event)) { event.preventDefault(); mark(true); } },
    onDragLeave: (event) => { if (!glass.current.contains(event.relatedTarget)) mark(false); },
    onDrop: (event) => { if (hasFiles(event)) { event.preventDefault(); mark(false); addFiles([...event.dataTransfer.files]); } },
  };
}

function SystemLine() {
  return html`<div class="sys" aria-hidden="true"><span class="num">${clockTime(minute.value)}</span>
    ${isOffline.value ? html`<${Icon} name="plane" />` : html`<${Icon} name="signal" /><${Icon} name="wifi" />`}<${Icon} name="battery-medium" /></div>`;
}

function Peer() {
  const business = openNumber.value;
  const { channel, number } = place.value;
  const { group, name } = openPhone.value;
  return html`<header class="peer">
    <${IconButton} name="chevron-left" label="All phones" class="back" onClick=${() => go()} />
    ${group?.picture ? html`<img class="avatar" src=${group.picture} alt="" data-testid="group-picture" />` : html`<${Avatar} name=${group ? name : business.verified_name} seed=${business.phone_number_id} />`}
    <div class="who"><h2><span dir="auto">${group ? name : business.verified_name}</span>${business.kind === "telephone" || group ? null : html`<${Icon} name="badge-check" label="Verified" />`}</h2>
      <${PeerState} /></div>
    ${business.kind === "telephone" || group ? null : html`<${IconButton} name="phone" label=${`Call ${business.verified_name}`}
      data-testid="voice-call" onClick=${() => callBusiness(channel, number)} />`}
    <${IconButton} name="sliders-horizontal" label="How this phone behaves" class="tosettings" onClick=${() => go(channel, number, true)} />
  </header>`;
}

function PeerState() {
  const [words, tone] = peerState();
  return html`<p class=${tone} data-testid="peer-state">${words}</p>`;
}

function peerState() {
  if (link.value === "lost") return ["The simulator does not answer", "lost"];
  if (isOffline.value) return ["Waiting for network", "lost"];
  if (openNumber.value.kind === "telephone") return [`Text message · ${openNumber.value.display_phone_number}`, ""];
  const { group } = openPhone.value;
  if (group) return group.suspended ? ["Suspended by the provider", "lost"] : [`${openNumber.value.verified_name}, ${memberNames(group)}`, ""];
  return isTyping.value ? ["typing…", "live"] : ["Business account", ""];
}

function NoPhone() {
  const isKnownNumber = !place.value.channel || openNumber.value;
  const isUnknown = settled.value && place.value.number && (missing.value === openKey.value || !isKnownNumber);
  const words = isUnknown ? `There is no phone ${place.value.number} at this number.`
    : settled.value && !place.value.number ? "Choose a phone, and write as that customer." : "Loading the phones…";
  return html`<div class="blank">
    <${Icon} name=${isUnknown ? "circle-off" : "smartphone"} />
    <p>${words}</p>
    ${isUnknown ? html`<button class="btn" type="button" onClick=${() => go()}>All phones</button>` : null}
  </div>`;
}
