// Shared contact cards.
import { html } from "./html.js";
import { Avatar } from "./avatar.js";

export function Contacts({ message, meta }) {
  const cards = Array.isArray(message.content) ? message.content : (message.content?.contacts ?? []);
  return html`<ul class="cards">${cards.map((card, i) => html`<${Card} key=${i} card=${card} />`)}</ul>${meta}`;
}

function Card({ card }) {
  const name = card.name?.formatted_name || card.org?.company || "Contact";
  const lines = [...(card.phones ?? []).map((p) => p.phone ?? p.wa_id ?? ""), ...(card.emails ?? []).map((e) => e.email)];
  return html`<li class="card"><${Avatar} name=${name} />
    <span><b dir="auto">${name}</b>${lines.map((line) => html`<small key=${line} class="num">${line}</small>`)}</span></li>`;
}
