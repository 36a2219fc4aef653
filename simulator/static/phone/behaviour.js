// "How it behaves": the switches of one phone.
import { html } from "./html.js";
import { act } from "./outbox.js";
import { apply } from "./apply.js";
import { changeCustomer, clearFaults, setUpAnew } from "./api.js";
import { show } from "./announce.js";
import { FailNext, refreshFaults } from "./fail-next.js";

const DEFAULTS = { read_receipts: true, offline: false, delivery_delay_s: 0, webhook_mode: "once" };
const DELAYS = [[0, "0 s"], [5, "5 s"], [60, "60 s"], [null, "never"]];
const MODES = [["once", "once"], ["twice", "twice"], ["shuffled", "shuffled"]];

export function Behaviour({ phone }) {
  const { settings } = phone;
  const set = (name) => (value) => change(phone, { [name]: value });
  return html`<section aria-labelledby="behaviour">
    <div class="head2"><h2 id="behaviour">How it behaves</h2>
      <button class="btn quiet small to-end" type="button" data-testid="reset" onClick=${() => reset(phone)}
        title="This phone as it was at first, and no faults for anybody">Reset</button></div>
    <${Switch} name="read-receipts" words="Read receipts" hint="Reads one second after delivery"
      isOn=${settings.read_receipts} onChange=${set("read_receipts")} />
    <${Switch} name="offline" words="Offline" hint="Messages to it wait, its own stay unsent"
      isOn=${settings.offline} onChange=${set("offline")} />
    <${Choice} name="delivery" words="Delivery takes" options=${DELAYS} value=${settings.delivery_delay_s} onChange=${set("delivery_delay_s")} />
    <${Choice} name="webhooks" words="Webhooks come" options=${MODES} value=${settings.webhook_mode} onChange=${set("webhook_mode")} />
    <div class="set"><span class="l">Same number, new phone<small>WhatsApp gives it another security code</small></span>
      <button class="btn quiet small" type="button" data-testid="new-phone" onClick=${() => move(phone)}>Move</button></div>
    <${FailNext} />
  </section>`;
}

function Switch({ name, words, hint, isOn, onChange }) {
  return html`<div class="set"><label for=${name}>${words}<small>${hint}</small></label>
    <input class="switch" role="switch" type="checkbox" id=${name} data-testid=${`toggle-${name}`} checked=${isOn}
      onChange=${({ currentTarget }) => onChange(currentTarget.checked)} /></div>`;
}

function Choice({ name, words, options, value, onChange }) {
  return html`<div class="set"><span class="l" id=${`l-${name}`}>${words}</span>
    <span class="seg" role="radiogroup" aria-labelledby=${`l-${name}`}>
      ${options.map(([option, label]) => html`<label key=${label}>
        <input type="radio" name=${name} data-testid=${`${name}-${label.replace(" ", "")}`} checked=${value === option}
          onChange=${() => onChange(option)} />${label}
      </label>`)}
    </span></div>`;
}

// Switches move at once and move back when the simulator refuses.
async function change(phone, fields) {
  apply({ type: "phone", data: { number: phone.number, settings: { ...phone.settings, ...fields } } });
  const answer = await act(changeCustomer(phone.number, { settings: fields }));
  if (!answer) apply({ type: "phone", data: { number: phone.number, settings: phone.settings } });
}

async function move({ number }) {
  if (await act(setUpAnew(number))) show("The number is on another phone now.");
}

async function reset(phone) {
  await change(phone, DEFAULTS);
  if (await act(clearFaults())) show("This phone behaves as it did at first; no faults are left.");
  refreshFaults();
}
