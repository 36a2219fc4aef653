// What is seldom in a bubble: a place, contact cards, an order, the answers of a form.
import { Icon, html, t, tn } from "../base.js";

export function Place({ content: { latitude, longitude, name, address } }) {
  const at = `${Number(latitude)}/${Number(longitude)}`;
  const map = `https://www.openstreetmap.org/?mlat=${Number(latitude)}&mlon=${Number(longitude)}#map=16/${at}`;
  return html`<a class="place" href=${map} target="_blank" rel="noopener noreferrer">
    <span class="place-pin"><${Icon} name="map-pin" /></span><span><b dir="auto">${name || t("Location")}</b>
      <small dir="auto">${address || at}</small></span></a>`;
}

function Card({ card: { name, org, phones = [], emails = [] } }) {
  const tel = ({ phone = "" }) => html`<a href=${`tel:${phone.replace(/[^\d+]/g, "")}`}>${phone}</a>`;
  return html`<span class="vcard"><${Icon} name="contact" /><span>
    <b dir="auto">${name?.formatted_name || phones[0]?.phone || t("Contact card")}</b>
    ${org?.company && html`<small dir="auto">${org.company}</small>`}${phones.map(tel)}
    ${emails.map(({ email }) => html`<a href=${`mailto:${email}`}>${email}</a>`)}</span></span>`;
}

export function Order({ content: { items = [] } }) {
  const item = ({ quantity, product_retailer_id: product, item_price: price, currency }) => html`<span>
    ${quantity} × ${product} · ${price} ${currency}</span>`;
  return html`<span class="order"><b><${Icon} name="tag" />
    ${tn("Order of {n} item", "Order of {n} items", items.length)}</b>${items.map(item)}</span>`;
}

export function Answers({ content }) {
  const all = Object.entries(content.form?.values || content.form || {}).filter(([key]) => key !== "flow_token");
  const row = ([key, value]) => html`<dt>${key}</dt><dd dir="auto">${String(value)}</dd>`;
  return html`<dl class="answers">${all.filter(([, value]) => typeof value !== "object").map(row)}</dl>`;
}

export const Cards = ({ content }) => (content.contacts || []).map((card) => html`<${Card} card=${card} />`);
