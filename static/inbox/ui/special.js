// What is seldom in a bubble: a place, contact cards, an order, the answers of a form, what cannot be shown.
import { Icon, html, t, tn } from "../base.js";

// What providers and phones send is looked at before it is walked through.
const list = (value) => (Array.isArray(value) ? value.filter((one) => one && typeof one === "object") : []);
const word = (value) => (["string", "number"].includes(typeof value) ? String(value) : "");

export function Place({ content: { latitude, longitude, name, address } }) {
  const at = `${Number(latitude)}/${Number(longitude)}`;
  const map = `https://www.openstreetmap.org/?mlat=${Number(latitude)}&mlon=${Number(longitude)}#map=16/${at}`;
  return html`<a class="place" href=${map} target="_blank" rel="noopener noreferrer">
    <span class="place-pin"><${Icon} name="map-pin" /></span><span><b dir="auto">${name || t("Location")}</b>
      <small dir="auto">${address || at}</small></span></a>`;
}

const Web = ({ url }) => (/^https?:\/\//i.test(word(url))
  ? html`<a href=${url} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">${url}</a>` : html`<small dir="auto">${word(url)}</small>`);
const Line = ({ words }) => words && html`<small dir="auto">${words}</small>`;
const joined = (...parts) => parts.map(word).filter(Boolean).join(", ");

/** A contact as it was shared: who, what they do, and every way to them. */
function Card({ card: { name, org, phones, emails, urls, addresses, birthday } }) {
  const tel = ({ phone, wa_id: id }) => html`<a href=${`tel:${word(phone || id).replace(/[^\d+]/g, "")}`} dir="ltr">${word(phone || id)}</a>`;
  const place = ({ street, zip, city, state, country }) => html`<${Line} words=${joined(street, `${word(zip)} ${word(city)}`.trim(), state, country)} />`;
  const [first] = list(phones);
  return html`<span class="vcard"><${Icon} name="contact" /><span>
    <b dir="auto">${word(name?.formatted_name) || word(first?.phone) || t("Contact card")}</b>
    <${Line} words=${joined(org?.title, org?.department, org?.company)} />${list(phones).map(tel)}
    ${list(emails).map(({ email }) => html`<a href=${`mailto:${word(email)}`}>${word(email)}</a>`)}
    ${list(addresses).map(place)}${list(urls).map((one) => html`<${Web} url=${one.url} />`)}
    <${Line} words=${word(birthday) && t("Born {day}", { day: birthday })} /></span></span>`;
}

export function Order({ content: { items } }) {
  const all = list(items);
  const item = ({ quantity, product_retailer_id: product, item_price: price, currency }) => html`<span>
    ${joined(quantity) || 1} × ${joined(product)} · ${word(price)} ${word(currency)}</span>`;
  return html`<span class="order"><b><${Icon} name="tag" />
    ${tn("Order of {n} item", "Order of {n} items", all.length)}</b>${all.map(item)}</span>`;
}

/** An answer in words: of several choices all of them, of a file its name. */
function said(value) {
  if (typeof value === "boolean") return value ? t("Yes") : t("No");
  if (!value || typeof value !== "object") return word(value);
  return word(value.file_name) || Object.values(value).map(said).filter(Boolean).join(", ");
}

export function Answers({ content: { form } }) {
  const given = form?.values || form;
  if (!given || typeof given !== "object" || Array.isArray(given)) return html`<${Line} words=${said(given)} />`;
  const row = ([key, value]) => html`<dt>${key}</dt><dd dir="auto">${said(value)}</dd>`;
  return html`<dl class="answers">${Object.entries(given).filter(([key]) => key !== "flow_token").map(row)}</dl>`;
}

export const Cards = ({ content }) => list(content.contacts).map((card) => html`<${Card} card=${card} />`);

const UNSHOWN = {
  unsupported: () => t("A message"), unknown: () => t("A message"),
  poll_creation: () => t("A poll"), poll_update: () => t("A vote in a poll"), edit: () => t("A change of an earlier message"),
  gif: () => t("A moving picture"), group_invite: () => t("An invitation to a group"), pin: () => t("A pinned message"),
  view_once: () => t("A picture that is seen once"), keep_in_chat: () => t("A kept message"), product: () => t("A product"), media_placeholder: () => t("A file that stayed on the phone"),
};

/** What the channel does not hand over: what it was, and what to do. content: {type, detail: the provider's words}. */
export function Unshown({ content: { type, detail } }) {
  const what = UNSHOWN[type]?.() || t("A message of the kind “{kind}”", { kind: word(type) || "?" });
  return html`<span class="muted"><${Icon} name="circle-alert" /><span>
    ${t("{what} came, which this channel cannot show. Ask the customer to send it in another way.", { what })}
    ${detail && html` <small lang="en" dir="auto">${word(detail)}</small>`}</span></span>`;
}
