// What stands inside a bubble, by kind. Each puts `meta` (time and ticks) where it looks right.
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Folded } from "./folded.js";
import { Picture, Video, Document, Sticker } from "./files.js";
import { Sound } from "./sound.js";
import { LocationCard } from "./location-card.js";
import { Contacts } from "./contacts.js";
import { Cards, cardsOf } from "./cards.js";
import { CallRow } from "./call.js";
import { VoiceRow } from "./voice-call.js";
import { Buttons, CALLS, ListButton, Template } from "./template.js";

const KINDS = {
  text: Text, image: Picture, video: Video, audio: Sound, voice: Sound, document: Document, sticker: Sticker,
  location: LocationCard, contacts: Contacts, contact: Contacts, template: Template, interactive: Interactive,
  button: Text, order: Text, call: CallRow, voice_call: VoiceRow,
};

/** The content of one message. A kind this page has no drawing for is shown with its words or its name. */
export function Content({ message, meta }) {
  if (message.revoked_at) return html`<${Revoked} message=${message} meta=${meta} />`;
  if (message.template) return html`<${Template} message=${message} meta=${meta} />
    <${Cards} message=${message} cards=${cardsOf(message.template)} />`;
  const Kind = KINDS[message.kind] ?? Unknown;
  return html`<${Kind} message=${message} meta=${meta} />`;
}

function Text({ message, meta }) {
  return html`<${Folded} text=${message.text || ""} />${meta}`;
}

function Revoked({ message, meta }) {
  return html`<p class="text gone"><${Icon} name="ban" />
    ${message.from_me ? "You deleted this message" : "This message was deleted"}</p>${meta}`;
}

function Interactive({ message, meta }) {
  const sent = message.content?.interactive ?? message.content ?? {};
  if (message.from_me) return html`<${Text} message=${message} meta=${meta} />`;
  return html`<${Head} header=${sent.header} message=${message} />
    <${Folded} text=${sent.body?.text ?? message.text ?? ""} />
    <span class="foot">${sent.footer?.text ? html`<span dir="auto">${sent.footer.text}</span>` : null}${meta}</span>
    <${Actions} sent=${sent} message=${message} />`;
}

function Head({ header, message }) {
  if (!header) return null;
  if (header.type === "text") return html`<b class="h" dir="auto">${header.text}</b>`;
  const Kind = { video: Video, document: Document }[header.type] ?? Picture;
  return message.media ? html`<${Kind} message=${{ ...message, text: "" }} isHeader />` : null;
}

// The one button of each kind of message, and what it sends when pressed.
const ONE = {
  location_request_message: () => ({ type: "location", text: "Send location" }),
  request_contact_info: () => ({ type: "answer", icon: "contact", text: "Share contact info" }),
  address_message: () => ({ type: "answer", icon: "map-pin", text: "Provide address" }),
  flow: ({ parameters = {} }) => ({ type: parameters.flow_action === "data_exchange" ? "form" : "answer", icon: "clipboard-list", text: parameters.flow_cta }),
  cta_url: ({ parameters = {} }) => ({ type: "url", text: parameters.display_text, url: parameters.url }),
  voice_call: ({ parameters = {} }) => ({ type: "phone_number", text: parameters.display_text }),
  product: () => ({ type: "answer", icon: "store", text: "Order this item" }),
  product_list: () => ({ type: "answer", icon: "store", text: "View items" }),
  catalog_message: () => ({ type: "answer", icon: "store", text: "View catalog" }),
};

function Actions({ sent, message }) {
  const action = sent.action ?? {};
  if (sent.type === "list") return html`<${ListButton} message=${message} action=${action} title=${sent.header?.text} />`;
  if (sent.type === "carousel") return html`<${Cards} message=${message} cards=${action.cards.map(choiceCard)} />`;
  if (sent.type === "call_permission_request") return html`<${Buttons} message=${message} buttons=${CALLS} />`;
  return html`<${Buttons} message=${message} buttons=${[...replies(action), ONE[sent.type]?.(action)].filter(Boolean)} />`;
}

const replies = ({ buttons = [] }) => buttons.map(({ reply, quick_reply: quick }) => ({ type: "reply", text: (reply ?? quick).title, payload: (reply ?? quick).id }));

function choiceCard({ header, body, action }) {
  const link = action.parameters && ONE.cta_url(action);
  return { kind: header?.type, text: body?.text, buttons: [...replies(action), link].filter(Boolean) };
}

function Unknown({ message, meta }) {
  return html`<p class="text gone" dir="auto"><${Icon} name="message-square-dashed" />
    ${message.text || `${message.kind}: not shown on this phone`}</p>${meta}`;
}
