// Cards side by side under a message: each with its picture or film, its text and its buttons.
import { html } from "./html.js";
import { Folded } from "./folded.js";
import { Picture, Video } from "./files.js";
import { Buttons } from "./template.js";

/** cards: [{kind: image|video, text, buttons}], in order; their files stand in the message's `card_media`. */
export function Cards({ message, cards }) {
  if (!cards.length) return null;
  return html`<ol class="swipe" tabindex="0" aria-label=${`${cards.length} cards`} data-testid="cards">
    ${cards.map((card, i) => html`<${Card} key=${i} card=${card} message=${message} media=${message.card_media?.[i]} />`)}</ol>`;
}

function Card({ card, message, media }) {
  const shown = { ...message, text: "", media };
  const Kind = card.kind === "video" ? Video : Picture;
  return html`<li>${media && html`<${Kind} message=${shown} isHeader />`}
    ${card.text && html`<p><${Folded} text=${card.text} /></p>`}
    <${Buttons} message=${message} buttons=${card.buttons} /></li>`;
}

/** The cards of a filled template. */
export const cardsOf = ({ cards = [] }) => cards.map(({ header, body, buttons }) => ({ kind: header?.kind, text: body, buttons }));
