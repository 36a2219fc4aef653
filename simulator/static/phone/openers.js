// What a new chat offers: texts to tap, and commands after a slash.
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { draftNow, focusComposer, setDraft } from "./drafts.js";
import { send } from "./outbox.js";
import { openNumber, openPhone, openThread, place } from "./state.js";

const offered = () => (openPhone.value?.group ? {} : openNumber.value?.openers ?? {});

/** Texts to tap in a chat in which nobody has written; a text already written puts them away. */
export function IceBreakers() {
  const { prompts = [] } = offered();
  if (!prompts.length || openThread.value?.list.length || draftNow().text) return null;
  const { channel, number } = place.value;
  const tap = (text) => () => send(channel, number, { kind: "text", text }, (client_ref) => ({ client_ref, text }));
  return html`<ul class="openers" aria-label="To begin with" data-testid="openers">
    ${prompts.map((text) => html`<li key=${text}><button type="button" dir="auto" onClick=${tap(text)}>${text}</button></li>`)}</ul>`;
}

/** The commands that begin as the text does, above the composer. */
export function Commands() {
  const { text } = draftNow();
  if (!/^\/\S*$/.test(text)) return null;
  const found = (offered().commands ?? []).filter(({ command_name: name }) => name.startsWith(text.slice(1)));
  if (!found.length) return null;
  const choose = (name) => () => { setDraft({ text: `/${name}` }); focusComposer(); };
  return html`<ul class="commands" aria-label="Commands" data-testid="commands">
    ${found.map(({ command_name: name, command_description: hint }) => html`<li key=${name}><button type="button" onClick=${choose(name)}>
      <${Icon} name="reply" /><span><b>/${name}</b><small dir="auto">${hint}</small></span></button></li>`)}</ul>`;
}
