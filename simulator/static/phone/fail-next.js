// Faults for the next send to a phone, and which ones are in force.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { act } from "./outbox.js";
import { getFaults, setFault } from "./api.js";
import { announce } from "./announce.js";
import { place, wire } from "./state.js";

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
const inForce = signal([]);

export function FailNext() {
  const [at, choose] = useState(0);
  const { channel, number } = place.value;
  const here = inForce.value.filter((fault) => concerns(fault, channel, number));
  // Faults are used up by sends, which show on the wire: look again after each.
  useEffect(() => { refreshFaults(); }, [number, wire.value[0]?.seq]);
  return html`<div class="failnext">
      <span class="selectwrap">
        <select class="select" aria-label="Fail the next send with" data-testid="fail-code" value=${at}
            onChange=${({ currentTarget }) => choose(Number(currentTarget.value))}>
          ${FAULTS.map(({ words }, i) => html`<option key=${i} value=${i}>${words}</option>`)}
        </select><${Icon} name="chevron-down" />
      </span>
      <button class="btn" type="button" data-testid="fail-next" onClick=${() => arm(FAULTS[at])}>Fail next</button>
    </div>
    ${here.length ? html`<${Armed} faults=${here} />` : null}`;
}

function Armed({ faults }) {
  return html`<ul class="armed" data-testid="armed">
    ${faults.map((fault) => html`<li key=${fault.id}><${Icon} name="triangle-alert" />${faultWords(fault)}</li>`)}
  </ul>`;
}

async function arm({ words, fault }) {
  const { channel, number } = place.value;
  const answer = await act(setFault({ channel, to: number, ...fault }));
  if (answer) announce(`The next send to this phone fails: ${words}`);
  refreshFaults();
}

function concerns(fault, channel, number) {
  return fault.left !== 0 && (!fault.to || fault.to === number) && (!fault.channel || fault.channel === channel);
}

function faultWords(fault) {
  const known = FAULTS.find((f) => Object.entries(f.fault).every(([name, value]) => name === "count" || fault[name] === value));
  const times = fault.left > 1 ? `Next ${fault.left} sends` : fault.left === 1 ? "Next send" : "Sends";
  return known ? `${times}: ${known.words}` : `A fault set by a test is in force (number ${fault.id})`;
}

/** Ask which faults are in force now. */
export async function refreshFaults() {
  const answer = await getFaults().catch(() => null);
  if (answer) inForce.value = answer.data;
}
