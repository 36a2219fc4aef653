// A new customer, or another name for one.
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { apply } from "./apply.js";
import { addCustomer, changeCustomer } from "./api.js";
import { numbers, place } from "./state.js";
import { go } from "./route.js";

export function CustomerDialog({ phone, close }) {
  const [problem, setProblem] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    try {
      await (phone ? rename(phone, fields) : create(fields));
      close();
    } catch (error) {
      setProblem(error.message);
    }
  };
  return html`<form class="fields" onSubmit=${submit}>
    <label>Name<input name="name" dir="auto" maxlength="120" required autofocus autocomplete="off"
      data-testid="customer-name" defaultValue=${phone?.name ?? ""} /></label>
    ${phone ? null : html`<${NumberField} isWrong=${problem} /><${Business} />`}
    ${problem ? html`<p class="bad" id="problem" role="alert">${problem}</p>` : null}
    <footer><button class="btn" type="button" onClick=${close}>Cancel</button>
      <button class="btn primary" type="submit" data-testid="customer-save">${phone ? "Rename" : "Make the phone"}</button></footer>
  </form>`;
}

function NumberField({ isWrong }) {
  return html`<label>Number <small>empty: one is made up</small>
    <input name="number" inputmode="tel" autocomplete="off" placeholder="+44 7700 900123" pattern="[+0-9 \\(\\)\\-]{7,24}"
      title="Digits with the country code, such as +44 7700 900123" data-testid="customer-number" aria-describedby=${isWrong ? "problem" : null} />
  </label>`;
}

function Business() {
  const chosen = place.value.channel ?? numbers.value[0]?.phone_number_id;
  if (numbers.value.length < 2) return html`<input type="hidden" name="channel" value=${chosen} />`;
  return html`<label>Writes to<select class="select" name="channel" data-testid="customer-channel">
    ${numbers.value.map(({ phone_number_id: id, verified_name: name }) => html`<option key=${id} value=${id} selected=${id === chosen}>${name}</option>`)}
  </select></label>`;
}

async function create({ name, number, channel }) {
  const phone = await addCustomer({ name, ...(number ? { number: number.replace(/[^\d+]/g, "") } : {}) });
  apply({ type: "phone", data: phone });
  go(channel, phone.number);
}

async function rename(phone, { name }) {
  apply({ type: "phone", data: await changeCustomer(phone.number, { name }) });
}
