// What a template asks for, and what its values become: words of the bubble, and parts for the provider.
import { locale, t } from "../base.js";

// Only for places above a template; here long before anybody has typed one
let degrees = () => null;
import("./degrees.js").then((module) => { degrees = module.degrees; }, () => {});

export const part = ({ components = [] }, type) => components.find((one) => one.type.toUpperCase() === type);
const cardsIn = (template) => part(template, "CAROUSEL")?.cards || [];
const buttonsIn = (template) => part(template, "BUTTONS")?.buttons || [];

/** Examples of a component by variable name or position. */
function examplesOf(component) {
  const { example = {} } = component;
  const byName = [...(example.body_text_named_params || []), ...(example.header_text_named_params || [])];
  const byPlace = example.body_text?.[0] || example.header_text || [];
  const named = byName.map((one) => [one.param_name, one.example]);
  return Object.fromEntries([...named, ...byPlace.map((value, i) => [String(i + 1), value])]);
}

const variables = (text) => [...new Set([...(text || "").matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1]))];
const FILES = { IMAGE: () => t("Address of the picture"), VIDEO: () => t("Address of the video"), GIF: () => t("Address of the GIF, an MP4 file"), DOCUMENT: () => t("Address of the document") };
const formatOf = (template) => (part(template, "HEADER")?.format || "TEXT").toUpperCase();

/** The variables of the header's or body's text. */
function words(template, type, at) {
  const component = part(template, type);
  if (!component || (type === "HEADER" && formatOf(template) !== "TEXT")) return [];
  const examples = examplesOf(component);
  return variables(component.text).map((name) => ({ key: `${at}${type} ${name}`, part: type.toLowerCase(), name, example: examples[name] || "" }));
}

/** The file above a message or card, by its address. */
function file(template, at) {
  const format = part(template, "HEADER") && formatOf(template);
  return FILES[format] ? [{ key: `${at}FILE`, part: "header", file: format.toLowerCase(), name: FILES[format](), example: "https://" }] : [];
}

/** The place above a message: where it is, and how it is called. */
function place(template, at) {
  if (!part(template, "HEADER") || formatOf(template) !== "LOCATION") return [];
  const names = { at: t("Coordinates, or a link of a map"), name: t("Name of the place"), address: t("Address of the place") };
  return Object.entries(names).map(([of, name]) => ({ key: `${at}PLACE ${of}`, part: "place", of, name, example: of === "at" ? "51.5033, -0.1195" : "" }));
}

const offerIn = (template) => part(template, "LIMITED_TIME_OFFER")?.limited_time_offer || {};

/** When an offer ends, where its template says that it does. */
function ending(template, at) {
  return offerIn(template).has_expiration ? [{ key: `${at}ENDS`, part: "offer", name: t("The offer ends"), type: "datetime-local", example: "" }] : [];
}

/** What stands before the variable of an address: the rest of it is asked for. */
const stemOf = ({ url = "" }) => url.split("{{")[0];

/** isTwin: the button hands over the code that the text names, so it is not asked for again. */
function button(one, index, at, isTwin) {
  const isCode = one.type === "COPY_CODE";
  if (!isCode && !(one.type === "OTP" || (one.type === "URL" && variables(one.url).length))) return [];
  const [whole] = [one.example || ""].flat();
  const stem = stemOf(one);
  const example = stem && whole.startsWith(stem) ? whole.slice(stem.length) : whole;
  return [{ key: `${at}BUTTON ${index}`, part: "button", index, name: one.text || t("code"), isCode, isTwin, stem, example }];
}

/** A one-time code stands in the text and behind the button. */
const isTwice = (template) => template.category === "AUTHENTICATION" && words(template, "BODY", "").length > 0;

const fieldsAt = (template, at) => [
  ...file(template, at), ...place(template, at), ...words(template, "HEADER", at), ...words(template, "BODY", at), ...ending(template, at),
  ...buttonsIn(template).flatMap((one, index) => button(one, index, at, isTwice(template))),
];

const ofCard = (n) => `CARD ${n} `;

/** Why nobody can fill it in here, or "". */
export function whyNotHere(template) {
  const isShelf = (one) => formatOf(one) === "PRODUCT" || buttonsIn(one).some(({ type }) => type === "MPM" || type === "SPM");
  return [template, ...cardsIn(template)].some(isShelf) ? t("names goods of a catalog: a program fills that in") : "";
}

/** Every value it needs: [{key, part: header|place|body|offer|button, card?, file?, index?, isTwin?, type?, name, example}],
    in reading order. */
export const fieldsOf = (template) => [
  ...fieldsAt(template, ""),
  ...cardsIn(template).flatMap((card, n) => fieldsAt(card, ofCard(n)).map((field) => ({ ...field, card: n }))),
];

/** A part's text with the values put in; those still missing keep their {{name}}. */
export function fill(template, type, values, at = "") {
  const value = (whole, name) => values[`${at}${type} ${name}`]?.trim() || whole;
  return (part(template, type)?.text || "").replace(/\{\{\s*(\w+)\s*\}\}/g, value);
}

/** What was typed, without what the address begins with anyway. */
const typed = ({ key, stem }, values) => {
  const text = (values[key] || "").trim();
  return stem && text.startsWith(stem) ? text.slice(stem.length) : text;
};

/** The parts of one message or card that have values. */
function partsFor(fields, values, isNamed) {
  const of = (name) => fields.filter((field) => field.part === name);
  const value = (field) => (field.isTwin ? typed(of("body")[0], values) : typed(field, values));
  const text = (field) => ({ type: "text", text: value(field) });
  const parameter = (field) => {
    if (field.file) return { type: field.file, [field.file]: field.upload ? { attachment_id: field.upload } : { link: value(field) } };
    return isNamed ? { ...text(field), parameter_name: field.name } : text(field);
  };
  const plain = ["header", "body"].map((type) => ({ type, parameters: of(type).map(parameter) }));
  const pressed = (field) => ({
    type: "button", sub_type: field.isCode ? "copy_code" : "url", index: String(field.index),
    parameters: [field.isCode ? { type: "coupon_code", coupon_code: value(field) } : text(field)],
  });
  const only = (type, kind, found) => ({ type, parameters: [{ type: kind, [kind]: found }] });
  const spots = of("place").filter((field) => field.of === "at").map((field) => only("header", "location", {
    ...degrees(value(field)), ...Object.fromEntries(of("place").filter((one) => one.of !== "at").map((one) => [one.of, value(one)])) }));
  const ends = of("offer").map((field) => only("limited_time_offer", "limited_time_offer", { expiration_time_ms: Date.parse(value(field)) }));
  return [...spots, ...plain.filter((one) => one.parameters.length), ...ends, ...of("button").map(pressed)];
}

/** Cards may say the same on their buttons: what a press sends back tells which card it was. */
const marksOf = (card, n) => buttonsIn(card).flatMap(({ type }, index) => (type !== "QUICK_REPLY" ? []
  : [{ type: "button", sub_type: "quick_reply", index: String(index), parameters: [{ type: "payload", payload: `card ${n + 1}, button ${index + 1}` }] }]));

/** What the provider wants to hear: one component per part that has values. */
export function componentsFor(template, fields, values) {
  const isNamed = template.parameter_format?.toUpperCase() === "NAMED";
  const own = partsFor(fields.filter((field) => field.card === undefined), values, isNamed);
  const cards = cardsIn(template).map((card, n) => ({ card_index: n, components: [
    ...partsFor(fields.filter((field) => field.card === n), values, isNamed), ...marksOf(card, n)] }));
  return cards.length ? [...own, { type: "carousel", cards }] : own;
}

/** The file of a message or card under its kind, by its address or as one that was uploaded; a GIF is a film. */
function fileOf(template, values, at) {
  const [link, upload, filename] = ["FILE", "UPLOAD", "FILENAME"].map((key) => values[`${at}${key}`]);
  const file = upload ? { attachment_id: upload } : link && { link, filename };
  return file ? { [formatOf(template).toLowerCase().replace("gif", "video")]: file } : null;
}

/** The words of buttons that have none of their own: the customer's app writes them. */
const NAMELESS = { COPY_CODE: () => t("Copy offer code"), OTP: () => t("Copy code"), REQUEST_CONTACT_INFO: () => t("Share contact info") };
const ICONS = { URL: "external-link", PHONE_NUMBER: "phone", VOICE_CALL: "phone", FLOW: "file-text", CATALOG: "tag", MPM: "tag", SPM: "tag", REQUEST_CONTACT_INFO: "contact" };
const buttonsFor = (template, values, at) => buttonsIn(template).map(({ text, type }, index) => ({
  title: text || NAMELESS[type]?.() || "", icon: ICONS[type] || "", id: values[`${at}BUTTON ${index}`] }));

/** "A tenth off · ends 5 Jan 2027, 10:00" */
function offerOf(template, values) {
  const { text } = offerIn(template);
  const at = values.ENDS && new Date(values.ENDS);
  if (!text || !at || Number.isNaN(at.getTime())) return text || "";
  return t("{offer} · ends {time}", { offer: text, time: at.toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" }) });
}

const asksToCall = (template) => (part(template, "CALL_PERMISSION_REQUEST") ? [{ title: t("Allow calls"), icon: "phone" }] : []);

const placeOf = (values) => [values["PLACE name"], values["PLACE address"]].filter(Boolean).join(" · ");

/** A template with its values as message content. */
export const contentOf = (template, values) => ({
  name: template.name, header: fileOf(template, values, "") || placeOf(values) || fill(template, "HEADER", values),
  offer: offerOf(template, values), footer: part(template, "FOOTER")?.text || "",
  buttons: [...buttonsFor(template, values, ""), ...asksToCall(template)],
  cards: cardsIn(template).map((card, n) => ({
    text: fill(card, "BODY", values, ofCard(n)), header: fileOf(card, values, ofCard(n)), buttons: buttonsFor(card, values, ofCard(n)),
  })),
});

/** The values a sent template carries, keyed as its fields are. */
export function valuesIn({ components = [] }, at = "") {
  const pairs = components.flatMap(({ type = "", index, parameters = [], cards = [] }) => [
    ...parameters.flatMap((one, i) => {
      // Of a text or a payload it is the words, and words have a method of this name.
      const { link, filename, attachment_id: upload, name, address, expiration_time_ms: ends } = Object(typeof one[one.type] === "object" && one[one.type]);
      if (one.type === "location") return [[`${at}PLACE name`, name], [`${at}PLACE address`, address]];
      if (ends) return [[`${at}ENDS`, ends]];
      if (link || upload) return [[`${at}FILE`, link], [`${at}UPLOAD`, upload], [`${at}FILENAME`, filename]];
      if (type.toLowerCase() === "button") return [[`${at}BUTTON ${index}`, one.payload || one.text || ""]];
      return [[`${at}${type.toUpperCase()} ${one.parameter_name || i + 1}`, one.text || ""]];
    }),
    ...cards.flatMap((card) => Object.entries(valuesIn(card, ofCard(card.card_index)))),
  ]);
  return Object.fromEntries(pairs);
}

/** How long a value may be; an address is looked at by itself. */
const mostOf = ({ part: where, isCode }) => ({ header: 60, button: isCode ? 20 : 2000 }[where] || 1000);

/** Why a value cannot be sent, or "". */
export function whatIsWrong(field, values) {
  const { file: isFile, of, part: where, isTwin, upload } = field;
  if (isTwin || upload) return "";
  const value = typed(field, values);
  if (!value) return t("Needed");
  if (!isFile && value.length > mostOf(field)) return t("At most {n} characters.", { n: mostOf(field) });
  if (of === "at" && !degrees(value)) return t("No coordinates can be read from this.");
  if (where === "offer" && Date.parse(value) <= Date.now()) return t("That moment has passed.");
  if (isFile && !/^https?:\/\/\S+$/.test(value)) return t("Write the whole address, beginning with https://");
  return /[\n\t]| {5,}/.test(value) ? t("No line breaks, tabs or long gaps") : "";
}
