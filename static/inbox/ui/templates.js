// Choosing an approved template, filling it in with a true preview, and sending it.
import { Icon, html, locale, signal, t, toast, useEffect, useLayoutEffect, useRef, useState } from "../base.js";
import { hooks } from "../commands.js";
import { get } from "../server.js";
import { send } from "../outbox.js";
import { placeOf, whereTo } from "../places.js";
import { channel, thread } from "../store.js";
import { languageName } from "../text.js";
import { Message } from "./message.js";
import { ranked } from "./pickers.js";
import { componentsFor, contentOf, fieldsOf, fill, part, valuesIn, whatIsWrong, whyNotHere } from "./template-fields.js";

// Channel id → signal of {state, rows, problem}
const shelves = new Map();

function shelf(channelId) {
  if (!shelves.has(channelId)) { shelves.set(channelId, signal({ state: "loading", rows: [] })); load(channelId); }
  return shelves.get(channelId);
}

/** Read what can be sent or is held for a while, page by page; what is known stays until the answer. */
async function load(channelId) {
  const cell = shelves.get(channelId);
  cell.value = { ...cell.value, state: cell.value.rows.length ? "ready" : "loading" };
  try {
    const rows = [];
    for (let after = "", isMore = true; isMore;) {
      const asked = { channel: channelId, status: "sendable", limit: 200, ...(after && { after }) };
      const answer = await get("templates", asked);
      rows.push(...answer.data);
      [after, isMore] = [answer.next, answer.has_more];
    }
    cell.value = { state: "ready", rows };
  } catch (problem) { cell.value = { state: "error", rows: [], problem: problem.detail }; }
}

const until = (at) => new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });

/** Why the provider lets nobody use a template now, or "". */
const held = ({ status, reason, paused_until: end }) => {
  if (status === "PAUSED") return [end ? t("paused until about {time}", { time: until(end) }) : t("paused"), reason].filter(Boolean).join(": ");
  return status === "DISABLED" ? [t("disabled"), reason].filter(Boolean).join(": ") : "";
};

/** Why nobody can choose it here now, or "". */
const barred = (one) => held(one) || whyNotHere(one);

/** A sent template message with the words the customer saw, or null while its template is not known here. */
export function rendered(message) {
  const { name, language: tongue } = message.content;
  const template = shelf(message.channel_id).value.rows.find((one) => one.name === name && one.language === tongue);
  if (!template) return null;
  const values = valuesIn(message.content);
  return { ...message, content: contentOf(template, values), text: message.text || fill(template, "BODY", values) };
}

/** The bubble a filled template becomes. */
function preview(template, values, id, files) {
  return {
    id: "preview", thread_id: id, direction: "outbound", kind: "template", content: contentOf(template, values),
    text: fill(template, "BODY", values), attachments: files, reactions: [], reply_to: null,
    status: "", at: new Date().toISOString(), author: null,
  };
}

/** The customer's first name where a greeting asks for a name. */
function prefill(template, fields, customer) {
  const first = customer.name.split(" ")[0];
  const greets = /^\W*[\p{L}]+[,!]?\s+\{\{1\}\}/u.test(part(template, "BODY")?.text || "");
  const isGreeted = (field) => field.part === "body" && field.name === "1" && greets;
  const isName = (field) => /^(first_?name|name|customer(_name)?|nome|nombre|prenom)$/i.test(field.name);
  const value = (field) => ((isName(field) || isGreeted(field)) && /^\p{L}/u.test(first) ? first : "");
  return Object.fromEntries(fields.map((field) => [field.key, value(field)]));
}

// Here before a template is chosen, so that its first field can have the focus
const filing = signal(null);
import("./template-file.js").then((module) => { filing.value = module; }, () => {});
const FilePick = (given) => filing.value && html`<${filing.value.FilePick} ...${given} />`;
/** What can be uploaded; a GIF is a film to us, so it is named by its address. */
const canUpload = ({ file }) => ["image", "video", "document"].includes(file);

const NAMES = { find: () => null, us: "", customer: "" };

function nameOf({ part: where, name, card, file }) {
  if (card !== undefined) return ofCard(card, nameOf({ part: where, name, file }));
  if (file) return name;
  if (where === "button") return t("Button “{name}”", { name });
  return /^\d+$/.test(name) ? t("Value {n}", { n: name }) : name.replace(/_/g, " ");
}

const ofCard = (card, what) => (card === undefined ? what : t("Card {n}: {what}", { n: card + 1, what }));

const title = (template) => template.name.replace(/_/g, " ");
const language = (template) => languageName(template.language.replace("_", "-"));

/** Fields with what was uploaded for them, without those a file above the message answers. */
const withUploads = (fields, uploads) => fields.flatMap((field) => {
  const file = uploads[field.key]?.file;
  if (!file) return [field];
  return field.card === undefined ? [] : [{ ...field, upload: file.id }];
});

/** The values with the uploaded files in place of addresses. */
const shownValues = (fields, values) => ({ ...values, ...Object.fromEntries(fields.filter((one) => one.upload)
  .flatMap(({ key, upload }) => [[key, ""], [key.replace(/FILE$/, "UPLOAD"), upload]])) });

/** A ref for what stands in the composer's place: its first field gets the focus when somebody goes there, and at
    once when they asked for it. */
function useFirstField(id, isAsked) {
  const ref = useRef(null);
  useLayoutEffect(() => {
    const focus = () => ref.current?.querySelector("input:enabled, .btn.primary")?.focus();
    if (id) hooks.focusComposer = focus;
    if (isAsked) focus();
  }, []);
  return ref;
}

function Form({ id, template, person, channelId, onBack, onSend }) {
  const needed = fieldsOf(template);
  // The others are answered by what stands in the text
  const all = needed.filter((one) => !one.isTwin);
  const [values, setValues] = useState(() => prefill(template, all, person));
  const [complains, setComplains] = useState(false);
  // By field: {file, isBusy}
  const [uploads, setUploads] = useState({});
  const ref = useFirstField(id, true);
  const files = Object.values(uploads).map(({ file }) => file).filter(Boolean);
  const asked = withUploads(all, uploads);
  const typed = asked.filter((one) => !one.upload && !uploads[one.key]?.isBusy);
  const shown = preview(template, shownValues(asked, uploads.FILE?.file ? { ...values, FILE: "" } : values), id, files);
  const submit = (event) => {
    event.preventDefault();
    setComplains(true);
    const wrong = typed.findIndex((field) => whatIsWrong(field, values));
    if (wrong >= 0) { event.currentTarget.querySelectorAll("input")[wrong].focus(); return; }
    if (Object.values(uploads).some((one) => one.isBusy)) { toast(t("The file is still being uploaded.")); return; }
    const { name, language: tongue } = template;
    const filled = { name, language: tongue, components: componentsFor(template, [...asked, ...needed.filter((one) => one.isTwin)], values) };
    const above = files.length ? { attachment_ids: files.map((file) => file.id) } : {};
    onSend({ template: filled, text: shown.text, ...above }, { kind: "template", content: shown.content, attachments: files });
  };
  const field = (one) => {
    const problem = complains && whatIsWrong(one, values);
    const onInput = (event) => setValues({ ...values, [one.key]: event.target.value });
    const address = html`<label class="field" key=${one.key}><span>${nameOf(one)}</span>
      <input type=${one.type || "text"} value=${values[one.key]} dir="auto" placeholder=${one.example} aria-invalid=${Boolean(problem)}
        autocomplete="off" onInput=${onInput} />
      ${problem && html`<small class="field-error">${problem}</small>`}</label>`;
    if (!canUpload(one)) return address;
    const onFile = (file, isBusy) => setUploads((old) => ({ ...old, [one.key]: { file, isBusy } }));
    return html`<${FilePick} key=${one.key} field=${one} name=${ofCard(one.card, t("File"))} channelId=${channelId} address=${address} onFile=${onFile} />`;
  };
  const onKeyDown = (event) => { if (event.key === "Escape" && !event.isComposing) { event.preventDefault(); onBack(); } };
  return html`<form class="template-form" ref=${ref} onSubmit=${submit} onKeyDown=${onKeyDown} novalidate><header>
      <button type="button" class="iconbtn" aria-label=${t("Back to the templates")} onClick=${onBack}>
        <${Icon} name="chevron-left" /></button><b>${title(template)}</b><small>${language(template)}</small></header>
    <div class="template-fill"><div class="template-fields">${all.map(field)}
        ${!all.length && html`<p class="muted">${t("Nothing to fill in.")}</p>`}</div>
      <div class="template-preview" inert><${Message} message=${shown} isFirst names=${NAMES} /></div></div>
    <div class="tools"><button class="btn primary" data-testid="send">${t("Send template")}</button></div></form>`;
}

/** What stands in place of the list: loading, failed, nothing. */
function State({ state, problem, isEmpty, channelId }) {
  if (state === "loading") return html`<p class="muted">${t("Loading templates…")}</p>`;
  if (state === "ready") return html`<p class="muted">${isEmpty ? t("This channel has no approved template yet. An admin can add one in the console.")
    : t("No template matches.")}</p>`;
  return html`<p class="field-error">${problem} <button type="button" class="linkbtn" onClick=${() => load(channelId)}>
    ${t("Try again")}</button></p>`;
}

const freely = () => import("./direct.js").catch(() => { toast(t("This cannot be opened right now."), { tone: "danger" }); });

/** Arrows go through the search and the templates, Enter in the search takes the first. */
function step(event) {
  const stops = [...event.currentTarget.querySelectorAll("input, li button:enabled")];
  const at = stops.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: Math.max(at - 1, 0) }[event.key];
  if (event.isComposing || (to === undefined && !(event.key === "Enter" && at === 0))) return;
  event.preventDefault();
  if (to === undefined) stops[1]?.click(); else stops[to]?.focus();
}

/** The templates of a channel. isAsked: the agent came here, so the focus comes too; onLeave: what Esc does. */
function Shelf({ id, channelId, isAsked, onPick, onLeave, onClose, above }) {
  const { state, rows, problem } = shelf(channelId).value;
  const [want, setWant] = useState("");
  const ref = useFirstField(id, isAsked);
  // The key that came before the templates did
  const early = useRef(null);
  useLayoutEffect(() => { if (state === "ready" && early.current) ref.current.querySelector("input").dispatchEvent(early.current); }, [state]);
  const bodyOf = (one) => part(one, "BODY")?.text || "";
  const found = ranked([...rows].sort((a, b) => !barred(b) - !barred(a)), want.trim(), (one) => `${title(one)} ${one.language} ${bodyOf(one)}`);
  const row = (one) => html`<li key=${one.id}><button type="button" disabled=${Boolean(barred(one))}
    data-testid=${`template-${one.name}`} onClick=${() => onPick(one)}><b>${title(one)}</b>
    <small class="tag">${language(one)}</small>
    <span dir="auto">${barred(one) || bodyOf(one)}</span></button></li>`;
  const onKeyDown = (event) => {
    early.current = state === "loading" && new KeyboardEvent("keydown", event);
    if (event.key === "Escape" && onLeave) { event.preventDefault(); onLeave(); } else step(event);
  };
  return html`<div class="template-picker" data-testid="template-picker" ref=${ref} onKeyDown=${onKeyDown}>${above}
    <div class="template-search"><${Icon} name="search" /><input type="search" placeholder=${t("Find a template")} aria-label=${t("Find a template")}
        value=${want} onInput=${(event) => setWant(event.target.value)} />
      ${onClose && html`<button type="button" class="iconbtn" aria-label=${t("Close templates")} onClick=${onClose}>
        <${Icon} name="x" /></button>`}</div>
    ${found.length ? html`<ul>${found.map(row)}</ul>`
      : html`<${State} state=${state} problem=${problem} isEmpty=${!rows.length} channelId=${channelId} />`}</div>`;
}

const toMessages = () => document.querySelector("[data-testid=timeline]")?.focus();

/** isForced: the reply window is closed, so only a template can go, or what the channel may send without one. Without a
    conversation (id) yet: the channel, the person, and onSend(body, show). */
export function TemplatePicker({ id, isForced, onDone, channelId = placeOf(id), person = thread(id).peek().customer, onSend }) {
  const [picked, setPicked] = useState(null);
  const [isBack, setBack] = useState(false);
  const [writing, setWriting] = useState(null); // the module for words without a template
  const where = id && channel(channelId);
  useEffect(() => { if (channelId) load(channelId); }, [channelId]); // what was read before may have been paused
  const back = () => { setBack(true); setPicked(null); };
  const go = onSend || ((body, show) => { send(id, "reply", { ...body, ...whereTo(id) }, show); back(); onDone(); });
  if (writing && isForced && where?.direct) {
    return html`<${writing.DirectForm} key=${id} id=${id} where=${where} onBack=${() => setWriting(null)} />`;
  }
  if (picked) return html`<${Form} key=${picked.id} id=${id} template=${picked} person=${person} channelId=${channelId} onBack=${back} onSend=${go} />`;
  const why = where?.direct ? t("The reply window is closed: an approved template can go now, or a short text without one.")
    : t("The reply window is closed: only an approved template can go now. An answer opens it again.");
  const free = html`<button type="button" class="linkbtn" data-testid="write-direct" onClick=${() => freely().then(setWriting)}>
    ${t("Write without a template")}</button>`;
  const above = isForced && html`<p class="template-why"><${Icon} name="lock" /><span>${why} ${where?.direct && free}</span></p>`;
  return html`<${Shelf} id=${id} channelId=${channelId} isAsked=${!isForced || isBack} above=${above} onPick=${setPicked}
    onLeave=${id && (isForced ? toMessages : onDone)} onClose=${!isForced && onDone} />`;
}
