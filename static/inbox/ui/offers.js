// Loaded when first asked for: what else can be sent than words and files. Buttons, lists, places, cards of people,
// requests and goods, filled into a small form beside what the customer will see.
import { Icon, html, t, useState } from "../base.js";
import { send } from "../outbox.js";
import { placeOf } from "../places.js";
import { channel } from "../store.js";
import { degrees } from "./degrees.js";
import { DialogHead, closeLayer, openDialog } from "./layers.js";
import { Message } from "./message.js";
import { FilePick } from "./template-file.js";

/** A file that was chosen stands in its field as this and its id. */
const UPLOADED = "upload:";
const fileNamed = (value) => (value.startsWith(UPLOADED) ? { attachment_id: value.slice(UPLOADED.length) } : { link: value });
/** What tells lines apart while others come and go. */
const LINE = Symbol("line");
let lineCount = 0;

const one = (name, label, more = {}) => ({ name, label, most: 200, ...more });
const body = (most = 1024) => one("text", t("Text"), { most, isLong: true });
const footer = () => one("footer", t("Small print"), { most: 60, isFree: true });
const catalog = () => one("catalog", t("Id of the catalog"), { most: 100, example: "1234567890" });
const filled = (value) => Object.fromEntries(Object.entries(value).filter(([, text]) => text !== ""));
const numbered = (rows, make) => rows.map((row, n) => ({ id: `${n + 1}`, ...make(row) }));
const lines = (text) => text.split(/[\s,]+/).filter(Boolean);

/** A name as its parts: providers want one of them beside the whole. */
function nameOf(whole) {
  const [first_name, ...rest] = whole.split(" ");
  return filled({ formatted_name: whole, first_name, last_name: rest.join(" ") });
}

const ask = (key, name, hint, more = [], make = () => ({})) => [key, "message-circle", name, hint, [body(), ...more], make];

/** [type, icon, name, hint, fields, content of what was filled in]. Several of a group stand in `rows`. */
const OFFERS = () => [
  ["buttons", "square", t("Buttons"), t("Up to three answers to press"),
    [body(), one("rows", t("Buttons"), { rows: [one("title", t("Button"), { most: 20 })], upTo: 3 }), footer()],
    ({ rows, footer: foot }) => ({ buttons: numbered(rows, ({ title }) => ({ title })), ...filled({ footer: foot }) })],
  ["list", "list", t("List"), t("Up to ten answers to choose one of"),
    [body(4096), one("button", t("Button that opens the list"), { most: 20 }), one("rows", t("Answers"), { upTo: 10, rows: [
      one("title", t("Answer"), { most: 24 }), one("description", t("More about it"), { most: 72, isFree: true })] }), footer()],
    ({ button, rows, footer: foot }) => ({ button, sections: [{ rows: numbered(rows, filled) }], ...filled({ footer: foot }) })],
  ["link", "external-link", t("Link"), t("A button that opens a page"),
    [body(), one("title", t("Button"), { most: 20 }), one("url", t("Address"), { most: 2000, isLink: true, example: "https://" }), footer()],
    ({ title, url, footer: foot }) => ({ title, url, ...filled({ footer: foot }) })],
  ["carousel", "image", t("Cards"), t("Two to ten pictures side by side, each with a button"),
    [body(), one("rows", t("Cards"), { from: 2, upTo: 10, rows: [
      one("picture", t("Address of the picture"), { most: 2000, isLink: true, file: "image", example: "https://" }),
      one("below", t("Words below it"), { most: 160, isFree: true }), one("title", t("Button"), { most: 20 })] })],
    ({ rows }) => ({ cards: rows.map(({ picture, below, title }, n) => ({
      header: { image: fileNamed(picture) }, ...filled({ text: below }), buttons: [{ id: `${n + 1}`, title }] })) })],
  ["location", "map-pin", t("Place"), t("A spot on the map"),
    [one("at", t("Coordinates, or a link of a map"), { most: 2000, isPlace: true, example: "51.5033, -0.1195" }),
      one("name", t("Name"), { isFree: true, most: 1000 }), one("address", t("Address"), { isFree: true, most: 1000 })],
    ({ at, name, address }) => ({ ...degrees(at), ...filled({ name, address }) })],
  ["contacts", "contact", t("Contact"), t("A card with a number to save"),
    [one("name", t("Name")), one("phone", t("Phone number"), { most: 30, example: "+44 20 7946 0000" }),
      one("email", t("E-mail address"), { isFree: true }), one("company", t("Company"), { isFree: true })],
    ({ name, phone, email, company }) => ({ contacts: [{ name: nameOf(name), phones: [{ phone, type: "WORK" }],
      ...(email && { emails: [{ email, type: "WORK" }] }), ...(company && { org: { company } }) }] })],
  ask("location_request", t("Ask for their place"), t("They send where they are with one press")),
  ask("contact_request", t("Ask for their number"), t("They share it with one press")),
  ask("address_request", t("Ask for their address"), t("A form for a delivery; in some countries only"),
    [one("country", t("Country, as two letters"), { most: 2, example: "IN" })], ({ country }) => ({ country: country.toUpperCase() })),
  ask("call", t("Ask for their call"), t("A button that calls you"), [one("title", t("Button"), { most: 20 })], ({ title }) => ({ title })),
  ["product", "tag", t("Product"), t("One item of your catalog"), [{ ...body(), isFree: true }, catalog(), one("product", t("Id of the item"))],
    ({ catalog: catalog_id, product: product_id }) => ({ catalog_id, product_id })],
  ["products", "tag", t("Products"), t("Up to thirty items of your catalog"),
    [one("header", t("Heading"), { most: 60 }), body(), catalog(), one("title", t("Name of the shelf"), { most: 24 }),
      one("products", t("Ids of the items, one a line"), { most: 3000, isLong: true })],
    ({ header, catalog: catalog_id, title, products }) => ({
      header: { text: header }, catalog_id, sections: [{ title, product_ids: lines(products) }] })],
  ["catalog", "tag", t("Catalog"), t("A button that opens all items"), [body(), one("product", t("Id of the item in the picture"), { isFree: true })],
    ({ product: product_id }) => filled({ product_id })],
  ["flow", "file-text", t("Form"), t("A form made at the provider"),
    [body(), one("title", t("Button"), { most: 20 }), one("flow", t("Id of the form")), one("screen", t("First page"), { isFree: true })],
    ({ title, flow: flow_id, screen }) => ({ flow_id, title, ...filled({ screen }) })],
];
const PLAIN = new Set(["location", "contacts"]); // kinds of their own, not types of a choice

/** What is wrong with a value, or "". */
function wrong({ most, isFree, isLink, isPlace, rows, from = 1, label }, value) {
  if (rows && value.length < from) return t("At least {n} of them.", { n: from });
  if (rows) return value.every((row) => rows.every((field) => !wrong(field, row[field.name]))) ? "" : t("Fill in every line, or take it out.");
  const text = value.trim();
  if (!text) return isFree ? "" : t("{name} is missing.", { name: label });
  if (text.length > most) return t("At most {n} characters.", { n: most });
  if (isLink && !text.startsWith(UPLOADED) && !/^https?:\/\/\S+\.\S+/.test(text)) return t("An address begins with https://.");
  return isPlace && !degrees(text) ? t("No coordinates can be read from this.") : "";
}

const blank = ({ rows }) => (rows ? [{ [LINE]: lineCount += 1, ...Object.fromEntries(rows.map((field) => [field.name, ""])) }] : "");
const trimmed = (value) => (Array.isArray(value)
  ? value.map((row) => Object.fromEntries(Object.entries(row).map(([key, text]) => [key, text.trim()]))) : value.trim());

/** A field for a file: chosen from the disk, or named by its address. onUpload keeps what was chosen. */
function FileInput({ field, value, problem, onInput, onUpload }) {
  const isChosen = value.startsWith(UPLOADED);
  const onFile = (file) => {
    if (file) { onUpload(file); onInput(`${UPLOADED}${file.id}`); }
    if (!file && isChosen) onInput("");
  };
  const address = html`<${Input} field=${field} value=${isChosen ? "" : value} problem=${problem} onInput=${onInput} />`;
  return html`<${FilePick} field=${field} name=${field.chosen} channelId=${field.channelId} address=${address} onFile=${onFile} />`;
}

function Input({ field, value, problem, onInput }) {
  const given = { value, dir: "auto", placeholder: field.example, "aria-invalid": Boolean(problem), autocomplete: "off",
    "data-testid": `offer-${field.name}`, onInput: (event) => onInput(event.target.value) };
  const label = field.isFree ? t("{name}, if you like", { name: field.label }) : field.label;
  return html`<label class="field"><span>${label}</span>
    ${field.isLong ? html`<textarea rows="3" ...${given}></textarea>` : html`<input ...${given} />`}
    ${problem && html`<small class="field-error">${problem}</small>`}</label>`;
}

/** Lines of the same fields, one more at a time. */
function Rows({ field, rows, problem, onInput, channelId, onUpload }) {
  const put = (n, name, text) => onInput(rows.map((row, m) => (m === n ? { ...row, [name]: text } : row)));
  const line = (row, n) => html`<div class="offer-row" key=${row[LINE]}>${field.rows.map((inner) => html`<${inner.file ? FileInput : Input}
      key=${inner.name} field=${{ ...inner, channelId, label: `${inner.label} ${n + 1}`, chosen: `${t("Picture")} ${n + 1}` }} value=${row[inner.name]}
      onInput=${(text) => put(n, inner.name, text)} onUpload=${onUpload} problem=${problem && wrong(inner, row[inner.name])} />`)}
    ${rows.length > 1 && html`<button type="button" class="iconbtn s" aria-label=${t("Take out line {n}", { n: n + 1 })}
      onClick=${() => onInput(rows.filter((_, m) => m !== n))}><${Icon} name="x" /></button>`}</div>`;
  return html`<fieldset class="offer-rows"><legend class="vh">${field.label}</legend>${rows.map(line)}
    ${problem && rows.length < (field.from || 1) && html`<small class="field-error" role="alert">${problem}</small>`}
    ${rows.length < field.upTo && html`<button type="button" class="btn slim" data-testid="offer-more"
      onClick=${() => onInput([...rows, ...blank(field)])}><${Icon} name="plus" />${t("One more")}</button>`}</fieldset>`;
}

const NAMES = { find: () => null, us: "", customer: "" };

function Form({ id, offer: [type, , name, , fields, make], onBack }) {
  const [values, setValues] = useState(() => Object.fromEntries(fields.map((field) => [field.name, blank(field)])));
  const [complains, setComplains] = useState(false);
  const [uploads, setUploads] = useState([]);
  const clean = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, trimmed(value)]));
  const kind = PLAIN.has(type) ? type : "interactive";
  const content = PLAIN.has(type) ? make(clean) : { type, ...make(clean) };
  const named = JSON.stringify(content);
  const attachments = uploads.filter((file) => named.includes(file.id));
  const shown = { id: "preview", thread_id: id, direction: "outbound", kind, content, text: clean.text || "", attachments,
    reactions: [], reply_to: null, status: "", at: new Date().toISOString(), author: null };
  const submit = (event) => {
    event.preventDefault();
    setComplains(true);
    if (fields.some((field) => wrong(field, values[field.name]))) {
      requestAnimationFrame(() => document.querySelector(".offer [aria-invalid=true]")?.focus());
      return;
    }
    const files = attachments.length ? { attachment_ids: attachments.map((file) => file.id) } : {};
    send(id, "reply", { kind, content, text: shown.text, channel_id: placeOf(id), ...files }, { kind, content, attachments });
    closeLayer();
  };
  const field = (each) => {
    const given = { field: each, problem: complains && wrong(each, values[each.name]), onInput: (value) => setValues({ ...values, [each.name]: value }) };
    const onUpload = (file) => setUploads((old) => [...old, file]);
    return each.rows ? html`<${Rows} key=${each.name} rows=${values[each.name]} channelId=${placeOf(id)} onUpload=${onUpload} ...${given} />`
      : html`<${Input} key=${each.name} value=${values[each.name]} ...${given} />`;
  };
  return html`<form class="template-form offer" onSubmit=${submit} novalidate data-testid=${`offer-form-${type}`}><header>
      <button type="button" class="iconbtn" aria-label=${t("Back to all kinds")} onClick=${onBack}><${Icon} name="chevron-left" /></button>
      <b>${name}</b></header>
    <div class="template-fill"><div class="template-fields">${fields.map(field)}</div>
      <div class="template-preview" inert>${kind === "location" && !content.latitude ? html`<p>${t("The place is shown here.")}</p>`
        : html`<${Message} message=${shown} isFirst names=${NAMES} />`}</div></div>
    <div class="dialog-actions"><button class="btn primary" data-testid="offer-send">${t("Send")}</button></div></form>`;
}

function Offers({ id }) {
  const [offer, setOffer] = useState(null);
  const can = channel(placeOf(id))?.limits?.offers || [];
  const title = t("Send something else");
  const row = (each) => html`<li key=${each[0]}><button type="button" data-testid=${`offer-${each[0]}`} onClick=${() => setOffer(each)}>
    <${Icon} name=${each[1]} /><b>${each[2]}</b><span>${each[3]}</span></button></li>`;
  return html`<${DialogHead} title=${title} />${offer ? html`<${Form} key=${offer[0]} id=${id} offer=${offer} onBack=${() => setOffer(null)} />`
    : html`<ul class="offers">${OFFERS().filter(([type]) => can.includes(type)).map(row)}</ul>`}`;
}

export const openOffers = (id) => openDialog(t("Send something else"), () => html`<${Offers} id=${id} />`, { className: "offers-dialog" });
