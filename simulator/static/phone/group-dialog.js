// A new group, as the business would make it: a subject, and who joins at once.
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { apply } from "./apply.js";
import { addGroup, getCustomer } from "./api.js";
import { numbers, phones, place } from "./state.js";
import { go } from "./route.js";

const SHOWN = 30;
const isWhatsApp = ({ kind }) => kind !== "telephone";

export function GroupDialog({ close }) {
  const [problem, setProblem] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      await create({ channel: form.get("channel"), subject: form.get("subject"), needs_approval: form.has("needs_approval"), members: form.getAll("members") });
      close();
    } catch (error) {
      setProblem(error.message);
    }
  };
  const people = [...phones.value.values()].filter((phone) => !phone.group).slice(0, SHOWN);
  return html`<form class="fields" onSubmit=${submit}>
    <label>Subject<input name="subject" dir="auto" maxlength="128" required autofocus autocomplete="off" data-testid="group-subject" /></label>
    <${Business} />
    <fieldset class="people"><legend>Who joins at once <small>eight at most</small></legend>
      ${people.map(({ number, name }) => html`<label key=${number}><input type="checkbox" name="members" value=${number} /><span dir="auto">${name}</span></label>`)}</fieldset>
    <label class="check"><input type="checkbox" name="needs_approval" />The business lets people in one by one</label>
    ${problem ? html`<p class="bad" role="alert">${problem}</p>` : null}
    <footer><button class="btn" type="button" onClick=${close}>Cancel</button>
      <button class="btn primary" type="submit" data-testid="group-save">Make the group</button></footer>
  </form>`;
}

function Business() {
  const known = numbers.value.filter(isWhatsApp);
  const chosen = known.some(({ phone_number_id: id }) => id === place.value.channel) ? place.value.channel : known[0]?.phone_number_id;
  return html`<label>Group of<select class="select" name="channel">
    ${known.map(({ phone_number_id: id, verified_name: name }) => html`<option key=${id} value=${id} selected=${id === chosen}>${name}</option>`)}
  </select></label>`;
}

async function create(fields) {
  const { id, channel } = await addGroup(fields);
  apply({ type: "phone", data: await getCustomer(id) });
  go(channel, id);
}
