// "How it behaves": the switches of one phone, and faults for its next send.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { act } from "./outbox.js";
import { apply } from "./apply.js";
import { changeCustomer, clearFaults, getFaults, setFault } from "./api.js";
import { announce, show } from "./announce.js";
import { place, wire } from "./state.js";

const DEFAULTS = { read_receipts: true, offline: false, delivery_delay_s: 0, webhook_mode: "once" };
const DELAYS = [[0, "0 s"], [5, "5 s"], [60, "60 s"], [null, "never"]];
const MODES = [["once", "once"], ["twice", "twice"], ["shuffled", "shuffled"]];
const FAULTS = [
  { words: "131026 Cannot be delivered", fault: { fail_next: 131026 } },
  { words: "131047 Window closed", fault: { fail_next: 131047 } },
  { words: "131049 Kept back by the provider", fault: { fail_next: 131049 } },
  { words: "131053 Media refused", fault: { fail_next: 131053 } },
  { words: "130429 Too many, at once", fault: { error_code: 130429, count: 1 } },
  { words: "429 Too many", fault: { status: 429, count: 1 } },
  { words: "503 Out of order", fault: { status: 503, count: 1 } },
  { words: "Accept, then hang up", fault: { drop_after_accept: true, count: 1 } },
  { words: "A page of nonsense", fault: { garbage: true, count: 1 } },
];
const faults = signal([]);

export function Behaviour({ phone }) {
  const { settings } = phone;
  const set = (fields) => change(phone, fields);
  return html`<section aria-labelledby="behaviour">
    <div class="head2"><h2 id="behaviour">How it behaves</h2>
      <button class="btn quiet small to-end" type="button" data-testid="reset" title="This phone as it was at first, and no faults for anybody" onClick=${() => reset(phone)}>Reset</button></div>
    <${Switch} name="read-receipts" words="Read receipts" hint="Reads one second after delivery" isOn=${settings.read_receipts} onChange=${(read_receipts) => set({ read_receipts })} />
    <${Switch} name="offline" words="Offline" hint="Messages to it wait, its own stay unsent" isOn=${settings.offline} onChange=${(offline) => set({ offline })} />
    <${Choice} name="delivery" words="Delivery takes" options=${DELAYS} value=${settings.delivery_delay_s} onChange=${(delivery_delay_s) => set({ delivery_delay_s })} />
    <${Choice} name="webhooks" words="Webhooks come" options=${MODES} value=${settings.webhook_mode} onChange=${(webhook_mode) => set({ webhook_mode })} />
    <${FailNext} />
  </section>`;
}

function Switch({ name, words, hint, isOn, onChange }) {
  return html`<div class="set"><label for=${name}>${words}<small>${hint}</small></label>
    <input class="switch" role="switch" type="checkbox" id=${name} data-testid=${`toggle-${name}`} checked=${isOn} onChange=${(event) => onChange(event.currentTarget.checked)} /></div>`;
}

function Choice({ name, words, options, value, onChange }) {
  return html`<div class="set"><span class="l" id=${`l-${name}`}>${words}</span>
    <span class="seg" role="radiogroup" aria-labelledby=${`l-${name}`}>${options.map(([option, label]) => html`<label key=${label}>
      <input type="radio" name=${name} data-testid=${`${name}-${label.replace(" ", "")}`} checked=${value === option} onChange=${() => onChange(option)} />${label}</label>`)}</span></div>`;
}

function FailNext() {
  const [at, choose] = useState(0);
  const { channel, number } = place.value;
  const armed = faults.value.filter((f) => (!f.to || f.to === number) && (!f.channel || f.channel === channel) && f.left !== 0);
  useEffect(() => { refresh(); }, [number, wire.value[0]?.seq]);
  const arm = async () => {
    const answer = await act(setFault({ channel, to: number, ...FAULTS[at].fault }));
    if (answer) announce(`The next send to this phone fails: ${FAULTS[at].words}`);
    refresh();
  };
  return html`<div class="failnext"><span class="selectwrap">
      <select class="select" aria-label="Fail the next send with" data-testid="fail-code" value=${at} onChange=${(event) => choose(Number(event.currentTarget.value))}>
        ${FAULTS.map(({ words }, i) => html`<option key=${i} value=${i}>${words}</option>`)}
      </select><${Icon} name="chevron-down" /></span>
    <button class="btn" type="button" data-testid="fail-next" onClick=${arm}>Fail next</button></div>
    ${armed.length ? html`<ul class="armed">${armed.map((fault) => html`<li key=${fault.id}><${Icon} name="triangle-alert" />${faultWords(fault)}</li>`)}</ul>` : null}`;
}

function faultWords(fault) {
  const known = FAULTS.find((f) => Object.entries(f.fault).every(([name, value]) => name === "count" || fault[name] === value));
  const times = fault.left > 1 ? `next ${fault.left} sends` : fault.left === 1 ? "Next send" : "Sends";
  return known ? `${times}: ${known.words}` : `A fault set by a test is in force (number ${fault.id})`;
}

// Faults are used up by sends, which show on the wire: look again after each.
async function refresh() {
  const answer = await getFaults().catch(() => null);
  if (answer) faults.value = Array.isArray(answer) ? answer : (answer.data ?? answer.faults ?? []);
}

// Switches move at once and move back when the simulator refuses.
async function change(phone, fields) {
  apply({ type: "phone", data: { number: phone.number, settings: { ...phone.settings, ...fields } } });
  const answer = await act(changeCustomer(phone.number, { settings: fields }));
  if (!answer) apply({ type: "phone", data: { number: phone.number, settings: phone.settings } });
}

async function reset(phone) {
  await change(phone, DEFAULTS);
  if (await act(clearFaults())) show("This phone behaves as it did at first; no faults are left.");
  refresh();
}
