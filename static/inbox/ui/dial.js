// Calling a customer: whether one may is asked first, and whoever has not allowed it is asked, not called.
import { html, newRef, t, toast, useEffect, useState } from "../base.js";
import { oops } from "../actions.js";
import { show } from "../calls.js";
import { get, post } from "../server.js";
import { thread } from "../store.js";
import { dial } from "../talk.js";
import { full, whoIs } from "../text.js";
import { DialogHead, closeLayer, openDialog } from "./layers.js";

async function ask(id, name, { channel_id }) {
  closeLayer();
  const text = t("May we call you about this? You can allow it here.");
  const body = { text, kind: "interactive", content: { type: "call_request" }, channel_id, client_ref: newRef() };
  try {
    await post(`threads/${id}/messages`, body, { key: body.client_ref });
    toast(t("{name} was asked.", { name }));
  } catch (problem) { oops(problem); }
}

async function call(id, line) {
  closeLayer();
  await show();
  dial(thread(id).peek(), line);
}

/** What may be done, in words, and the one button for it. */
function Choice({ id, name, line }) {
  const { may_call: mayCall, may_ask: mayAsk, until } = line;
  const button = (words, run) => html`<div class="dialog-actions"><button type="button" class="btn primary" autofocus data-testid="dial-go"
    onClick=${run}>${words}</button></div>`;
  if (mayCall) {
    return html`<p>${until ? t("{name} has allowed calls until {time}.", { name, time: full(until) }) : t("{name} has allowed calls.", { name })}</p>
      ${button(t("Call {name}", { name }), () => call(id, line))}`;
  }
  if (mayAsk) {
    return html`<p>${t("{name} has not allowed calls yet. They get a message with a button for it; you may ask once a day and twice a week.", { name })}</p>
      ${button(t("Ask to be allowed to call"), () => ask(id, name, line))}`;
  }
  return html`<p>${t("{name} cannot be called: they have not allowed it, and were asked as often as the provider lets us. Wait for their answer.", { name })}</p>`;
}

function Dial({ id, name }) {
  const [line, setLine] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => { get(`threads/${id}/call_line`).then(setLine, ({ detail }) => setProblem(detail)); }, []);
  return html`<div class="dial" data-testid="dial" aria-busy=${!line && !problem}>${line ? html`<${Choice} id=${id} name=${name} line=${line} />`
    : problem ? html`<p role="alert">${problem}</p>` : html`<p>${t("Asking whether you may call…")}</p>`}</div>`;
}

/** Ask for a conversation, and offer what is possible. */
export function openDial(id) {
  const name = whoIs(thread(id).peek().customer);
  const title = t("Call {name}", { name });
  openDialog(title, () => html`<${DialogHead} title=${title} /><${Dial} id=${id} name=${name} />`);
}
