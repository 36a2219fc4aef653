// Choosing an approved template, filling it in with a true preview, and sending it.
import { Icon, html, signal, t, useEffect, useState } from "../base.js";
import { get } from "../api.js";
import { send } from "../outbox.js";
import { thread } from "../store.js";
import { languageName } from "../text.js";
import { Message } from "./message.js";
import { score } from "./pickers.js";

const shelves = new Map(); // channel id → signal of {state, rows, problem}

function shelf(channelId) {
  if (!shelves.has(channelId)) { shelves.set(channelId, signal({ state: "loading", rows: [] })); load(channelId); }
  return shelves.get(channelId);
}

async function load(channelId) {
  const cell = shelves.get(channelId);
  cell.value = { state: "loading", rows: [] };
  try {
    const answer = await get("templates", { channel: channelId });
    cell.value = { state: "ready", rows: (answer.data || answer).filter((one) => one.status.toUpperCase() === "APPROVED") };
  } catch (problem) { cell.value = { state: "error", rows: [], problem: problem.detail }; }
}

const part = (template, type) => template.components.find((one) => one.type.toUpperCase() === type);

/** Examples of a component by variable name or position. */
function examplesOf(component) {
  const { example = {} } = component;
  const byName = [...(example.body_text_named_params || []), ...(example.header_text_named_params || [])];
  const list = example.body_text?.[0] || example.header_text || [];
  return Object.fromEntries([...byName.map((one) => [one.param_name, one.example]), ...list.map((value, i) => [String(i + 1), value])]);
}

const variables = (text) => [...new Set([...(text || "").matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1]))];

/** Every value a template asks for: [{key, part: header|body|button, index?, name, example}], in reading order. */
export function fieldsOf(template) {
  const of = (type) => {
    const component = part(template, type);
    if (!component || (type === "HEADER" && component.format !== "TEXT")) return [];
    return variables(component.text).map((name) => ({ key: `${type} ${name}`, part: type.toLowerCase(), name, example: examplesOf(component)[name] || "" }));
  };
  const buttons = (part(template, "BUTTONS")?.buttons || []).flatMap((button, index) => {
    const isCode = button.type === "COPY_CODE";
    if (!isCode && !(button.type === "URL" && variables(button.url).length)) return [];
    return [{ key: `BUTTON ${index}`, part: "button", index, name: button.text || t("code"), isCode, example: [].concat(button.example || "")[0] || "" }];
  });
  return [...of("HEADER"), ...of("BODY"), ...buttons];
}

/** Why a template cannot be sent from here yet, or "". */
const blocked = (template) => {
  const header = part(template, "HEADER");
  if (header && !["TEXT", undefined].includes(header.format)) return t("needs a file in its header");
  return template.components.some((one) => ["CAROUSEL", "LIMITED_TIME_OFFER"].includes(one.type.toUpperCase())) ? t("has parts that cannot be filled in here") : "";
};

const fill = (text, type, values) => (text || "").replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name) => values[`${type} ${name}`]?.trim() || whole);

/** What the provider wants to hear: one component per part that has values. */
function componentsFor(template, fields, values) {
  const isNamed = template.parameter_format?.toUpperCase() === "NAMED";
  const text = (field) => ({ type: "text", ...(isNamed && field.part !== "button" ? { parameter_name: field.name } : {}), text: values[field.key].trim() });
  const plain = ["header", "body"].map((name) => ({ type: name, parameters: fields.filter((field) => field.part === name).map(text) })).filter((one) => one.parameters.length);
  const buttons = fields.filter((field) => field.part === "button").map((field) => ({
    type: "button", sub_type: field.isCode ? "copy_code" : "url", index: String(field.index),
    parameters: [field.isCode ? { type: "coupon_code", coupon_code: values[field.key].trim() } : text(field)],
  }));
  return [...plain, ...buttons];
}

/** The bubble a filled template becomes. */
function preview(template, values, id) {
  const content = {
    name: template.name, header: fill(part(template, "HEADER")?.text, "HEADER", values), footer: part(template, "FOOTER")?.text || "", buttons: part(template, "BUTTONS")?.buttons || [],
  };
  return {
    id: "preview", thread_id: id, client_ref: null, direction: "outbound", kind: "template", text: fill(part(template, "BODY")?.text, "BODY", values), content,
    attachments: [], reply_to: null, reactions: [], status: "", status_history: [], at: new Date().toISOString(), author: null, error: null, attempts: 0,
  };
}

const whatIsWrong = (value = "") => (!value.trim() ? t("Needed") : /[\n\t]| {5,}/.test(value) ? t("No line breaks, tabs or long gaps") : "");

/** The customer's first name where a greeting asks for a name. */
function prefill(template, fields, customer) {
  const first = customer.name.split(" ")[0];
  const greets = /^\W*[\p{L}]+[,!]?\s+\{\{1\}\}/u.test(part(template, "BODY")?.text || "");
  const isName = (field) => /^(first_?name|name|customer(_name)?|nome|nombre|prenom)$/i.test(field.name) || (field.part === "body" && field.name === "1" && greets);
  return Object.fromEntries(fields.map((field) => [field.key, isName(field) && /^\p{L}/u.test(first) ? first : ""]));
}

const NAMES = { find: () => null, us: "", customer: "" };

function Form({ id, template, onBack, onDone }) {
  const fields = fieldsOf(template);
  const [values, setValues] = useState(() => prefill(template, fields, thread(id).peek().customer));
  const [shows, setShows] = useState(false);
  const wrong = fields.filter((field) => whatIsWrong(values[field.key]));
  const submit = (event) => {
    event.preventDefault();
    setShows(true);
    if (wrong.length) { event.currentTarget.querySelector("[aria-invalid=true], input")?.focus(); return; }
    const shown = preview(template, values, id);
    send(id, "reply", { template: { name: template.name, language: template.language, components: componentsFor(template, fields, values) } }, { kind: "template", text: shown.text, content: shown.content });
    onDone();
  };
  const field = (one) => {
    const problem = shows && whatIsWrong(values[one.key]);
    return html`<label class="field"><span>${one.part === "button" ? t("Button “{name}”", { name: one.name }) : /^\d+$/.test(one.name) ? t("Value {n}", { n: one.name }) : one.name.replace(/_/g, " ")}</span>
      <input value=${values[one.key]} placeholder=${one.example} aria-invalid=${Boolean(problem)} dir="auto" autocomplete="off" onInput=${(event) => setValues({ ...values, [one.key]: event.target.value })} />
      ${problem && html`<small class="field-error">${problem}</small>`}</label>`;
  };
  return html`<form class="template-form" onSubmit=${submit} novalidate>
    <header><button type="button" class="iconbtn" aria-label=${t("Back to the templates")} onClick=${onBack}><${Icon} name="chevron-left" /></button><b>${template.name.replace(/_/g, " ")}</b><small>${languageName(template.language.replace("_", "-"))}</small></header>
    <div class="template-fill"><div class="template-fields">${fields.map(field)}${!fields.length && html`<p class="muted">${t("Nothing to fill in.")}</p>`}</div>
      <div class="template-preview" inert><${Message} message=${preview(template, values, id)} isFirst names=${NAMES} /></div></div>
    <div class="tools"><button class="btn primary" data-testid="send">${t("Send template")}</button></div></form>`;
}

/** isForced: the reply window is closed, so only a template can go. */
export function TemplatePicker({ id, isForced, onDone }) {
  const channelId = thread(id).value.channel?.id;
  const { state, rows, problem } = shelf(channelId).value;
  const [want, setWant] = useState("");
  const [picked, setPicked] = useState(null);
  useEffect(() => setPicked(null), [id]);
  if (picked) return html`<${Form} key=${picked.id} id=${id} template=${picked} onBack=${() => setPicked(null)} onDone=${() => { setPicked(null); onDone(); }} />`;
  const bodyOf = (one) => part(one, "BODY")?.text || "";
  const found = rows.map((one) => ({ one, rank: score(`${one.name.replace(/_/g, " ")} ${one.language} ${bodyOf(one)}`, want) })).filter((row) => row.rank > 0).sort((a, b) => (want ? b.rank - a.rank : 0));
  return html`<div class="template-picker" data-testid="template-picker">
    ${isForced && html`<p class="template-why"><${Icon} name="lock" /><span>${t("The reply window is closed: only an approved template can go now. Their answer opens the conversation again.")}</span></p>`}
    <div class="template-search"><${Icon} name="search" /><input type="search" placeholder=${t("Find a template")} aria-label=${t("Find a template")} value=${want} onInput=${(event) => setWant(event.target.value)} />
      ${!isForced && html`<button type="button" class="iconbtn" aria-label=${t("Close templates")} onClick=${onDone}><${Icon} name="x" /></button>`}</div>
    ${state === "loading" ? html`<p class="muted">${t("Loading templates…")}</p>` : state === "error" ? html`<p class="field-error">${problem} <button type="button" class="linkbtn" onClick=${() => load(channelId)}>${t("Try again")}</button></p>`
      : !found.length ? html`<p class="muted">${rows.length ? t("No template matches.") : t("This channel has no approved template yet. An admin can add one in the console.")}</p>` : null}
    <ul>${found.map(({ one }) => html`<li key=${one.id}><button type="button" disabled=${Boolean(blocked(one))} onClick=${() => setPicked(one)} data-testid=${`template-${one.name}`}><b>${one.name.replace(/_/g, " ")}</b>
      <small class="tag">${languageName(one.language.replace("_", "-"))}</small><span dir="auto">${blocked(one) ? t("Not here: {why}", { why: blocked(one) }) : bodyOf(one)}</span></button></li>`)}</ul></div>`;
}
