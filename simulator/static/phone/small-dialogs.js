// Dialogs of a few lines each: contact, emoji, picture, another device, delete, rows of a list message.
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { Avatar } from "./avatar.js";
import { Icon } from "./icon.js";
import { EmojiGrid } from "./emoji-picker.js";
import { chooseRow } from "./template.js";
import { act, send } from "./outbox.js";
import { apply } from "./apply.js";
import { postMessage } from "./api.js";
import { links, phones, place } from "./state.js";

export function ContactDialog({ close }) {
  const others = [...phones.value.values()].filter((p) => p.number !== place.value.number).slice(0, 50);
  const choose = (phone) => () => { sendContact(phone); close(); };
  if (!others.length) return html`<p class="hint">There is no other phone yet. Make a second customer to send their card.</p>`;
  return html`<ul class="rows">${others.map((phone) => html`<li key=${phone.number}><button type="button" onClick=${choose(phone)}>
    <${Avatar} name=${phone.name || phone.number} seed=${phone.number} />
    <span><b dir="auto">${phone.name}</b><small class="num">${phone.display_number}</small></span></button></li>`)}</ul>`;
}

function sendContact({ name, number: digits, display_number: phone }) {
  const { channel, number } = place.value;
  const [first, ...rest] = name.split(" ");
  const contacts = [{ name: { formatted_name: name, first_name: first, ...(rest.length ? { last_name: rest.join(" ") } : {}) },
    phones: [{ phone, wa_id: digits, type: "CELL" }] }];
  send(channel, number, { kind: "contacts", text: name, content: { contacts } }, (client_ref) => ({ client_ref, contacts }));
}

export function EmojiDialog({ pick, close }) {
  return html`<${EmojiGrid} onPick=${(emoji) => { close(); pick(emoji); }} />`;
}

export function PictureDialog({ src, alt, text }) {
  return html`<figure><img src=${src} alt=${alt} />${text ? html`<figcaption dir="auto">${text}</figcaption>` : null}</figure>`;
}

/** A code to scan. It only helps when the simulator listens on an address that other devices reach. */
export function ReachDialog() {
  const [isBroken, broken] = useState(false);
  const address = links.value.phone;
  const path = encodeURIComponent(`/phone/${location.hash}`);
  if (!address || isBroken) {
    return html`<p>Only this computer reaches the simulator. Start it with <code>SIMULATOR_BIND=0.0.0.0</code>,
      and a code to scan with a phone in the same network stands here.</p>`;
  }
  return html`<figure class="qr"><img src=${`/phone/qr.svg?path=${path}`} alt=${`Code for ${address}`} width="240" height="240" onError=${() => broken(true)} />
    <figcaption>Scan with a phone in the same network, or open <code>${address}</code></figcaption></figure>`;
}

export function RevokeDialog({ message, close }) {
  const remove = async () => {
    close();
    const answer = await act(postMessage(message.channel, message.number, { revoke: { target: message.id }, author: message.author?.number }));
    if (answer) apply({ type: "message", data: { ...message, revoked_at: new Date().toISOString() } });
  };
  return html`<p>The business is told that you deleted this message. It may keep what it has already read.</p>
    <footer><button class="btn" type="button" onClick=${close}>Cancel</button>
      <button class="btn danger" type="button" autofocus data-testid="revoke" onClick=${remove}><${Icon} name="trash-2" />Delete</button></footer>`;
}

export function RowsDialog({ message, action, close }) {
  const choose = (row) => () => { chooseRow(message, row); close(); };
  return html`<div class="sections">${(action.sections ?? []).map((section, i) => html`<section key=${i}>
    ${section.title ? html`<h3 dir="auto">${section.title}</h3>` : null}
    <ul class="rows">${(section.rows ?? []).map((row) => html`<li key=${row.id}><button type="button" data-testid="list-row" onClick=${choose(row)}>
      <span><b dir="auto">${row.title}</b>${row.description ? html`<small dir="auto">${row.description}</small>` : null}</span></button></li>`)}</ul>
  </section>`)}</div>`;
}
