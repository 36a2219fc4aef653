// What a template or an interactive message offers, drawn as the customer sees it, and what they chose.
import { Icon, html, t } from "../base.js";
import { clock } from "../text.js";
import { arrives } from "./layers.js";
import { Text } from "./pieces.js";

const wordsOf = (part) => (typeof part === "string" ? part : part?.text || "");

/** The one button of each type of interactive message: [icon, words]. */
const ONE = {
  list: (content) => ["list", content.button],
  link: (content) => ["external-link", content.title],
  flow: (content) => ["file-text", content.title],
  call: (content) => ["phone", content.title],
  product: () => ["tag", t("View item")],
  products: () => ["tag", t("View items")],
  catalog: () => ["tag", t("View catalog")],
  location_request: () => ["map-pin", t("Send location")],
  contact_request: () => ["contact", t("Share contact info")],
  address_request: () => ["map-pin", t("Provide address")],
  call_request: () => ["phone", t("Allow calls")],
};

const PERMISSION = { accept: () => t("Calls allowed"), reject: () => t("Calls refused") };

/** The parts of a template or an interactive message. */
function partsOf({ content, text }) {
  const { components = [], type, buttons } = content;
  const find = (kind) => components.find((part) => part.type?.toUpperCase() === kind);
  const [icon, words] = ONE[type]?.(content) || [];
  const own = (buttons || find("BUTTONS")?.buttons || content.notification?.choices || []).map((one) => ({ ...one, text: one.title || one.text }));
  return {
    header: wordsOf(content.header) || find("HEADER")?.text || "",
    body: text || PERMISSION[content.permission]?.() || find("BODY")?.text || "",
    footer: wordsOf(content.footer) || find("FOOTER")?.text || "",
    buttons: words ? [{ text: words, icon, isOnly: type !== "list" }] : own,
    sections: content.sections || [],
    cards: content.cards || [],
    offer: content.offer || "",
  };
}

/** Does a header show a file of which only the address is known? */
const isFile = (header) => Boolean(header) && typeof header !== "string" && !header.text;

const offered = arrives(() => import("./offered.js"));
const Linked = offered("Linked");
const Rows = offered("Rows");

/** A row of buttons; the one that was pressed says when. mark: what a press sends back, where words alone do not tell. */
function Buttons({ buttons, pressed }) {
  const isHit = ({ text, isOnly, mark }) => pressed && (isOnly || (mark ? mark === pressed.payload : [pressed.title, pressed.text].includes(text)));
  const when = html`<small> · ${t("pressed {time}", { time: pressed && clock(pressed.at) })}</small>`;
  return buttons.map((one) => html`<span class=${isHit(one) ? "hit" : ""} dir="auto">
    ${(one.icon || one.type === "URL") && html`<${Icon} name=${one.icon || "external-link"} />`}${one.text}
    ${isHit(one) && when}</span>`);
}

/** The keys one can press in a call. */
export function Keys({ choices = [], pressed }) {
  const shown = choices.map(({ key, title }) => ({ text: title, key }));
  return shown.length > 0 && html`<span class="buttons"><${Buttons} buttons=${shown} pressed=${pressed} /></span>`;
}

function Card({ card: { text, header, link, buttons = [] }, pressed, message }) {
  const own = buttons.map(({ title, icon, id }) => ({ text: title, icon, mark: id }));
  const shown = link ? [{ text: link.title, icon: "external-link" }] : own;
  return html`${isFile(header) && html`<${Linked} header=${header} message=${message} />`}
    ${text && html`<${Text} text=${text} />`}
    <span class="buttons"><${Buttons} buttons=${shown} pressed=${pressed} /></span>`;
}

/** A template or a choice as the customer sees it. pressed: {title, text, at} of their answer; meta: time and ticks. */
export function Choice({ message, pressed, meta }) {
  const { header, body, footer, buttons, sections, cards, offer } = partsOf(message);
  const rows = sections.flatMap((section) => section.rows || []);
  const chosen = pressed && rows.find((row) => [pressed.title, pressed.text].includes(row.title));
  const name = message.content.name || (message.kind === "template" ? t("Template") : t("Choice"));
  return html`${header && html`<b class="card-head" dir="auto">${header}</b>`}
    ${isFile(message.content.header) && html`<${Linked} header=${message.content.header} message=${message} />`}
    ${offer && html`<b class="card-head" dir="auto">${offer}</b>`}
    ${body ? html`<${Text} text=${body} />` : !buttons.length && html`<span class="muted">${name}</span>`}
    ${footer && html`<small class="card-foot" dir="auto">${footer}</small>`}${meta}
    ${cards.map((card, n) => html`<${Card} key=${n} card=${card} pressed=${pressed} message=${message} />`)}
    ${rows.length > 0 && html`<${Rows} sections=${sections} />`}
    ${buttons.length > 0 && html`<span class="buttons"><${Buttons} buttons=${buttons} pressed=${pressed} />
      ${chosen && html`<span class="hit" dir="auto">${chosen.title}
        <small> · ${t("chosen {time}", { time: clock(pressed.at) })}</small></span>`}</span>`}`;
}
