// What a template asks for, and what its values become: words of the bubble, and parts for the provider.
import { t } from "../base.js";
import { degrees } from "./degrees.js";

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

function button(one, index, at) {
  const isCode = one.type === "COPY_CODE";
  if (!isCode && !(one.type === "URL" && variables(one.url).length)) return [];
  const [example] = [one.example || ""].flat();
  return [{ key: `${at}BUTTON ${index}`, part: "button", index, name: one.text || t("code"), isCode, example }];
}

const fieldsAt = (template, at) => [
  ...file(template, at), ...place(template, at), ...words(template, "HEADER", at), ...words(template, "BODY", at), ...ending(template, at),
  ...buttonsIn(template).flatMap((one, index) => button(one, index, at)),
];

const ofCard = (n) => `CARD ${n} `;

/** Every value asked for: [{key, part: header|place|body|offer|button, card?, file?, index?, type?, name, example}], in reading order. */
export const fieldsOf = (template) => [
  ...fieldsAt(template, ""),
  ...cardsIn(template).flatMap((card, n) => fieldsAt(card, ofCard(n)).map((field) => ({ ...field, card: n }))),
];

/** A part's text with the values put in; those still missing keep their {{name}}. */
export function fill(template, type, values, at = "") {
  const value = (whole, name) => values[`${at}${type} ${name}`]?.trim() || whole;
  return (part(template, type)?.text || "").replace(/\{\{\s*(\w+)\s*\}\}/g, value);
}

/** The parts of one message or card that have values. */
function partsFor(fields, values, isNamed) {
  const of = (name) => fields.filter((field) => field.part === name);
  const value = (field) => values[field.key].trim();
  const text = (field) => ({ type: "text", text: value(field) });
  const parameter = (field) => {
    if (field.file) return { type: field.file, [field.file]: { link: value(field) } };
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

/** What the provider wants to hear: one component per part that has values. */
export function componentsFor(template, fields, values) {
  const isNamed = template.parameter_format?.toUpperCase() === "NAMED";
  const own = partsFor(fields.filter((field) => field.card === undefined), values, isNamed);
  const cards = cardsIn(template).map((_, n) => ({ card_index: n, components: partsFor(fields.filter((field) => field.card === n), values, isNamed) }));
  return cards.length ? [...own, { type: "carousel", cards }] : own;
}

/** The file of a message or card under its kind; a GIF is a film. */
const fileOf = (template, link) => (link ? { [formatOf(template).toLowerCase().replace("gif", "video")]: { link } } : null);

/** A template with its values as message content. */
export const contentOf = (template, values) => ({
  name: template.name, header: fileOf(template, values.FILE) || values["PLACE name"] || offerIn(template).text || fill(template, "HEADER", values), footer: part(template, "FOOTER")?.text || "",
  buttons: buttonsIn(template),
  cards: cardsIn(template).map((card, n) => ({
    text: fill(card, "BODY", values, ofCard(n)), header: fileOf(card, values[`${ofCard(n)}FILE`]),
    buttons: buttonsIn(card).map(({ text, type }) => ({ title: text, icon: type === "URL" ? "external-link" : "" })),
  })),
});

/** The values a sent template carries, keyed as its fields are. */
export function valuesIn({ components = [] }, at = "") {
  const pairs = components.flatMap(({ type = "", parameters = [], cards = [] }) => [
    ...parameters.map((one, i) => {
      if (one.type === "location") return [`${at}PLACE name`, one.location.name];
      // Of a text or a payload it is the words, and words have a method of this name.
      const link = typeof one[one.type] === "object" && one[one.type]?.link;
      return link ? [`${at}FILE`, link] : [`${at}${type.toUpperCase()} ${one.parameter_name || i + 1}`, one.text || ""];
    }),
    ...cards.flatMap((card) => Object.entries(valuesIn(card, ofCard(card.card_index)))),
  ]);
  return Object.fromEntries(pairs);
}

/** Why a value cannot be sent, or "". */
export function whatIsWrong({ file: isFile, of, part: where }, value = "") {
  if (!value.trim()) return t("Needed");
  if (of === "at" && !degrees(value)) return t("No coordinates can be read from this.");
  if (where === "offer" && Date.parse(value) <= Date.now()) return t("That moment has passed.");
  if (isFile && !/^https?:\/\/\S+$/.test(value.trim())) return t("Write the whole address, beginning with https://");
  return /[\n\t]| {5,}/.test(value) ? t("No line breaks, tabs or long gaps") : "";
}
