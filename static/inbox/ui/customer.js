// Who the agent talks to: addresses and what each allows, labels, details edited in place, earlier conversations.
import { Avatar, Dot, Icon, Mark, html, now, t, toast, useEffect, useState } from "../base.js";
import { editCustomer, oops } from "../actions.js";
import { get } from "../api.js";
import { apply, asking, channel, customer, directory, thread } from "../store.js";
import { inOneLine, languageName, localTime, phone, shortTime, span } from "../text.js";
import { go, href } from "../route.js";
import { loadCustomer } from "../timelines.js";
import { pickLabels } from "./pickers.js";

/** Save a change; when somebody else was quicker, both values are shown and the agent decides. */
async function save(person, patch, onClash) {
  const old = Object.fromEntries(Object.keys(patch).map((key) => [key, person[key]]));
  try {
    const newer = await editCustomer(person, patch);
    if (!newer) {
      toast(t("Saved"), { action: { label: t("Undo"), run: () => save(customer(person.id).peek(), old, onClash) } });
      return true;
    }
    if (newer.id) apply({ type: "loaded.customer", data: newer }); else await loadCustomer(person.id);
    onClash(patch);
  } catch (problem) { oops(problem); }
  return false;
}

/** words(person): what is shown; both values stand side by side until one is chosen. */
function Clash({ person, patch, show, onDone }) {
  const keep = () => onDone();
  const force = () => { onDone(); save(person, patch, () => {}); };
  return html`<div class="clash" role="alert"><p>${t("Somebody changed this meanwhile.")}</p><dl><dt>${t("Theirs")}</dt><dd dir="auto">${show(person)}</dd><dt>${t("Yours")}</dt><dd dir="auto">${show({ ...person, ...patch })}</dd></dl>
    <button type="button" class="btn slim" onClick=${keep}>${t("Keep theirs")}</button><button type="button" class="btn slim primary" onClick=${force}>${t("Save mine")}</button></div>`;
}

function EditName({ person }) {
  const [editing, setEditing] = useState(false);
  const [clash, setClash] = useState(null);
  const [name, setName] = useState(person.name);
  const submit = async (event) => { event.preventDefault(); const text = name.trim(); setEditing(false); if (text && text !== person.name) await save(person, { name: text }, setClash); };
  if (clash) return html`<${Clash} person=${person} patch=${clash} show=${(one) => one.name} onDone=${() => setClash(null)} />`;
  if (!editing) return html`<h2><span dir="auto">${person.name || t("Unknown")}</span><button type="button" class="iconbtn s" aria-label=${t("Edit name")} onClick=${() => { setName(person.name); setEditing(true); }}><${Icon} name="pencil" /></button></h2>`;
  return html`<form class="edit-name" onSubmit=${submit}><input value=${name} aria-label=${t("Name")} dir="auto" ref=${(node) => node && document.activeElement !== node && !node.dataset.seen && (node.dataset.seen = "1", node.select())}
    onInput=${(event) => setName(event.target.value)} onKeyDown=${(event) => event.key === "Escape" && setEditing(false)} /><button class="btn slim primary">${t("Save")}</button></form>`;
}

const CONSENT = { allowed: () => t("allowed"), granted: () => t("allowed"), opted_in: () => t("allowed"), opted_out: () => t("opted out"), denied: () => t("opted out"), marketing_stopped: () => t("no marketing") };

/** What one channel allows for one address, in two or three words. */
function reachWords(reach) {
  if (reach.blocked) return t("blocked");
  const consent = CONSENT[reach.consent]?.() || "";
  const left = reach.window_until ? Date.parse(reach.window_until) - now.value : 0;
  if (left > 0) return t("open {time}", { time: span(left).replace(/ \d+ m$/, "") });
  return consent || (reach.window_until ? t("window closed") : "");
}

const shownValue = (address) => (address.kind === "phone" ? phone(address.value) : address.value);

function Address({ address, reaches }) {
  const copy = () => navigator.clipboard.writeText(address.value).then(() => toast(t("Copied")), () => {});
  const rows = reaches.length ? reaches : [null];
  return rows.map((reach) => {
    const kind = reach ? channel(reach.channel_id)?.kind : { phone: "voice", email: "email" }[address.kind];
    return html`<div class="addr">${kind ? html`<${Mark} kind=${kind} />` : html`<${Icon} name="user" />`}
      <button type="button" class="addr-value" dir="ltr" title=${t("Copy")} onClick=${copy}>${shownValue(address)}</button><small>${reach ? reachWords(reach) : address.label}</small></div>`;
  });
}

const asPairs = (attributes) => Object.entries(attributes || {}).filter(([, value]) => typeof value !== "object");

function Details({ person }) {
  const [draft, setDraft] = useState(null);
  const [clash, setClash] = useState(null);
  const edit = () => setDraft({ language: person.language, timezone: person.timezone, pairs: [...asPairs(person.attributes).map(([key, value]) => [key, String(value)]), ["", ""]] });
  const submit = async (event) => {
    event.preventDefault();
    const nested = Object.fromEntries(Object.entries(person.attributes || {}).filter(([, value]) => typeof value === "object"));
    const attributes = { ...nested, ...Object.fromEntries(draft.pairs.map(([key, value]) => [key.trim(), value.trim()]).filter(([key]) => key)) };
    setDraft(null);
    await save(person, { language: draft.language.trim(), attributes }, setClash);
  };
  const setPair = (i, j, value) => { const pairs = draft.pairs.map((pair, n) => (n === i ? pair.map((word, m) => (m === j ? value : word)) : pair)); if (pairs.at(-1)[0]) pairs.push(["", ""]); setDraft({ ...draft, pairs }); };
  const summary = (one) => [languageName(one.language || ""), ...asPairs(one.attributes).map(([key, value]) => `${key}: ${value}`)].filter(Boolean).join(" · ");
  if (clash) return html`<section><h3>${t("Details")}</h3><${Clash} person=${person} patch=${clash} show=${summary} onDone=${() => setClash(null)} /></section>`;
  if (draft) return html`<section><h3>${t("Details")}</h3><form class="edit-details" onSubmit=${submit}>
    <label class="field"><span>${t("Language")}</span><input value=${draft.language} placeholder="en" onInput=${(event) => setDraft({ ...draft, language: event.target.value })} /></label>
    ${draft.pairs.map(([key, value], i) => html`<div class="pair" key=${i}><input aria-label=${t("Field")} placeholder=${t("Field")} value=${key} onInput=${(event) => setPair(i, 0, event.target.value)} />
      <input aria-label=${t("Value of {name}", { name: key || t("a new field") })} placeholder=${t("Value")} value=${value} dir="auto" onInput=${(event) => setPair(i, 1, event.target.value)} /></div>`)}
    <div class="edit-actions"><button type="button" class="btn slim" onClick=${() => setDraft(null)}>${t("Cancel")}</button><button class="btn slim primary">${t("Save")}</button></div></form></section>`;
  const rows = [[t("External id"), person.external_id], [t("Language"), person.language && languageName(person.language)], [t("Local time"), person.timezone && localTime(person.timezone)], ...asPairs(person.attributes)].filter(([, value]) => value);
  return html`<section><h3>${t("Details")}<button type="button" class="linkbtn" onClick=${edit}>${t("Edit")}</button></h3>
    ${rows.length ? html`<dl>${rows.map(([key, value]) => html`<dt dir="auto">${key.replace?.(/_/g, " ") || key}</dt><dd dir="auto">${String(value)}</dd>`)}</dl>` : html`<p class="muted">${t("Nothing noted yet.")}</p>`}</section>`;
}

function Labels({ id }) {
  const { labels } = thread(id).value;
  const colour = (name) => directory.value.labels.find((one) => one.name === name)?.colour;
  return html`<section><h3>${t("Labels")}<button type="button" class="linkbtn" data-testid="labels" onClick=${() => pickLabels(id)}>${labels.length ? t("Edit") : t("Add")}</button></h3>
    ${labels.length > 0 && html`<div class="labels">${labels.map((name) => html`<span class="label" key=${name}><${Dot} colour=${colour(name)} />${name}</span>`)}</div>`}</section>`;
}

/** Earlier conversations with the same person; asked for when the panel shows them. */
function Past({ id, personId }) {
  const [rows, setRows] = useState(null);
  useEffect(() => {
    let isHere = true;
    const asked = asking();
    get("threads", { view: "all", customer: personId, limit: 10 }).then((page) => { apply({ type: "loaded.threads", data: page, asked }); if (isHere) setRows(page.data.map((row) => row.id)); }, () => isHere && setRows([]));
    return () => { isHere = false; };
  }, [personId]);
  const others = (rows || []).filter((other) => other !== id && thread(other).value);
  if (!others.length) return null;
  const open = (other) => (event) => { if (event.ctrlKey || event.metaKey || event.shiftKey) return; event.preventDefault(); go({ thread: other }); };
  return html`<section><h3>${t("Past conversations")}</h3>${others.map((other) => {
    const row = thread(other).value;
    return html`<a class="past" key=${other} href=${href({ thread: other })} onClick=${open(other)}><span dir="auto">${row.last_message ? inOneLine(row.last_message)[1] : t("No messages")}</span><time>${shortTime(row.last_message?.at || row.created_at)}</time></a>`;
  })}</section>`;
}

const Bones = () => html`<div class="card bones" aria-busy="true"><span class="bone disc l"></span><span class="bone wide"></span><span class="bone"></span></div>`;

/** onClose: given where the panel is a drawer. */
export function CustomerPanel({ id, onClose }) {
  const row = thread(id).value;
  const person = customer(row?.customer.id).value;
  const close = onClose && html`<button type="button" class="iconbtn drawer-close" aria-label=${t("Close customer panel")} onClick=${onClose}><${Icon} name="x" /></button>`;
  const body = person ? html`<div class="card"><${Avatar} name=${person.name} id=${person.id} size="l" /><${EditName} key=${person.id} person=${person} />
      <p>${[localTime(person.timezone), person.language && languageName(person.language)].filter(Boolean).join(" · ")}</p></div>
    <section><h3>${t("Addresses")}</h3>${person.addresses.map((address) => html`<${Address} key=${address.id} address=${address} reaches=${(person.reach || []).filter((one) => one.address_id === address.id)} />`)}</section>
    <${Labels} id=${id} /><${Details} key=${`d${person.id}`} person=${person} /><${Past} id=${id} personId=${person.id} />` : html`<${Bones} />`;
  return html`<aside class="side" data-pane="side" data-testid="customer-panel" aria-label=${t("Customer")} tabindex="-1">${close}${body}</aside>`;
}
