// Following a short link (wa.me/message/…): the chat opens, and its text stands in the composer.
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { addCustomer, followLink } from "./api.js";
import { apply } from "./apply.js";
import { focusComposer, setDraft } from "./drafts.js";
import { chatKey, openPhone } from "./state.js";
import { go } from "./route.js";

const CODE = /^(?:https?:\/\/)?(?:wa\.me\/message\/)?([A-Za-z0-9]+)\/?$/;

export function LinkDialog({ close }) {
  const [problem, setProblem] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    try {
      await open(new FormData(event.currentTarget).get("link"));
      close();
    } catch (error) {
      setProblem(error.message);
    }
  };
  return html`<form class="fields" onSubmit=${submit}>
    <label>Link<input name="link" dir="ltr" required autofocus autocomplete="off" placeholder="https://wa.me/message/…" data-testid="link" /></label>
    <p class="hint">It opens on the phone you have chosen, or on a new one.</p>
    ${problem ? html`<p class="bad" role="alert">${problem}</p>` : null}
    <footer><button class="btn" type="button" onClick=${close}>Cancel</button>
      <button class="btn primary" type="submit" data-testid="link-open">Open</button></footer>
  </form>`;
}

async function open(written) {
  const code = CODE.exec(written.trim())?.[1];
  if (!code) throw new Error("This is no link of the form https://wa.me/message/….");
  const { channel, text } = await followLink(code);
  const phone = openPhone.value;
  const number = phone && !phone.group ? phone.number : await newPhone();
  go(channel, number);
  setDraft({ text, quote: null, edit: null }, chatKey(channel, number));
  focusComposer();
}

async function newPhone() {
  const phone = await addCustomer({ name: "Scanned the code" });
  apply({ type: "phone", data: phone });
  return phone.number;
}
