// Who the agent talks to: addresses and what each allows, labels, details edited in place, earlier conversations.
import { Avatar, Dot, Icon, Mark, go, href, html, now, t, toast, useEffect, useRef, useState, whenRested } from "../base.js";
import { oops } from "../actions.js";
import { get } from "../server.js";
import { apply, asking, channel, customer, directory, thread } from "../store.js";
import { addressWords, inOneLine, languageName, localTime, shortTime, span, whoIs } from "../text.js";
import { loadCustomer } from "../timelines.js";
import { Blocks } from "./blocks.js";
import { editCustomer } from "./changing.js";
import { Notices, isFresh, stamp } from "./notices.js";
import { lazily, picker } from "./layers.js";

const pickLabels = picker("pickLabels");
const detailsForm = lazily(() => import("./details.js"))("detailsForm");
const openAddresses = lazily(() => import("./addresses.js"))("openAddresses");
const openConsents = lazily(() => import("./consents.js"))("openConsents");
const openDial = lazily(() => import("./dial.js"))("openDial");
const openMerge = lazily(() => import("./merge.js"))("openMerge");

// ---------------------------------------------------------------- changing a customer

/** Save a change. onClash(patch): somebody else was quicker, so both values are shown and the agent decides.
    person: as they were when the agent began. */
async function save(id, patch, onClash, person = customer(id).peek()) {
  const old = Object.fromEntries(Object.keys(patch).map((key) => [key, person[key]]));
  try {
    const newer = await editCustomer(person, patch);
    if (newer) {
      apply({ type: "loaded.customer", data: newer });
      onClash(patch);
    } else toast(t("Saved"), { action: { label: t("Undo"), run: () => save(id, old, onClash) } });
  } catch (problem) { oops(problem); }
}

/** Two values of the same thing. show(person): the value in words. */
function Clash({ person, patch, show, onDone }) {
  const saveMine = () => { onDone(); save(person.id, patch, () => {}); };
  return html`<div class="clash" role="alert"><p>${t("Somebody changed this meanwhile.")}</p>
    <dl><dt>${t("Theirs")}</dt><dd dir="auto">${show(person)}</dd>
      <dt>${t("Yours")}</dt><dd dir="auto">${show({ ...person, ...patch })}</dd></dl>
    <div class="edit-actions"><button type="button" class="btn slim" onClick=${onDone}>${t("Keep theirs")}</button>
      <button type="button" class="btn slim primary" onClick=${saveMine}>${t("Save mine")}</button></div></div>`;
}

/** Put the caret into a field that has just appeared. */
const selectOnce = (field) => {
  if (!field || field.dataset.seen) return;
  field.dataset.seen = "1";
  field.select();
};

function Name({ person }) {
  const [draft, setDraft] = useState(null);
  const [clash, setClash] = useState(null);
  const begun = useRef(person);
  const isDone = useRef(false);
  // The pencil is back where the field was, and has the focus
  const pencil = (button) => { if (button && isDone.current) { isDone.current = false; button.focus(); } };
  const begin = () => { begun.current = person; setDraft(person.name); };
  const leave = () => { isDone.current = true; setDraft(null); };
  const submit = (event) => {
    event.preventDefault();
    const name = draft.trim();
    leave();
    if (name && name !== person.name) save(person.id, { name }, setClash, begun.current);
  };
  const show = (one) => whoIs({ ...person, ...one });
  if (clash) return html`<${Clash} person=${person} patch=${clash} show=${show} onDone=${() => setClash(null)} />`;
  if (draft === null) {
    return html`<h2><span dir="auto">${show(person)}</span><button type="button" class="iconbtn s"
      aria-label=${t("Edit name")} ref=${pencil} onClick=${begin}><${Icon} name="pencil" /></button></h2>`;
  }
  const onKeyDown = (event) => event.key === "Escape" && leave();
  return html`<form class="edit-name" onSubmit=${submit}>
    <input value=${draft} aria-label=${t("Name")} dir="auto" ref=${selectOnce}
      onInput=${(event) => setDraft(event.target.value)} onKeyDown=${onKeyDown} />
    <button class="btn slim primary">${t("Save")}</button></form>`;
}

const isPlain = ([, value]) => typeof value !== "object";
const pairsOf = (attributes) => Object.entries(attributes || {}).filter(isPlain).map(([key, value]) => [key, String(value)]);

function Details({ person }) {
  // {begun: the customer as they were then, Form}.
  const [editing, setEditing] = useState(null);
  const [clash, setClash] = useState(null);
  const done = () => setEditing(null);
  const begin = async () => { const Form = await detailsForm(); if (Form) setEditing({ begun: person, Form }); };
  const onSave = (patch) => save(person.id, patch, setClash, editing.begun);
  const rows = [
    [t("External id"), person.external_id], [t("Language"), person.language && languageName(person.language)],
    [t("Local time"), person.timezone && localTime(person.timezone)], [t("Labels"), person.labels.join(", ")],
    ...pairsOf(person.attributes),
  ].filter(([, value]) => value);
  const inWords = ({ language, timezone, labels, attributes }) => [language, timezone, labels.join(", "), ...pairsOf(attributes).map((pair) => pair.join(": "))]
    .filter(Boolean).join(" · ");
  const row = ([key, value]) => html`<dt dir="auto">${key.replace(/_/g, " ")}</dt><dd dir="auto">${value}</dd>`;
  const body = clash ? html`<${Clash} person=${person} patch=${clash} show=${inWords} onDone=${() => setClash(null)} />`
    : editing ? html`<${editing.Form} person=${person} onDone=${done} onSave=${onSave} />`
    : rows.length ? html`<dl>${rows.map(row)}</dl>` : html`<p class="muted">${t("Nothing noted yet.")}</p>`;
  const edit = html`<button type="button" class="linkbtn" onClick=${begin}>${t("Edit")}</button>`;
  return html`<section><h3>${t("Details")}${!editing && !clash && edit}</h3>${body}</section>`;
}

// ---------------------------------------------------------------- what is known

const CONSENT = {
  allowed: () => t("allowed"), granted: () => t("allowed"), opted_in: () => t("allowed"),
  opted_out: () => t("opted out"), denied: () => t("opted out"), marketing_stopped: () => t("no marketing"),
};

/** What one channel allows for one address, in two or three words. */
function reachWords({ blocked, consent, window_until: until }) {
  if (blocked) return t("blocked");
  const left = until ? Date.parse(until) - now.value : 0;
  if (left > 0) return t("open {time}", { time: span(left).replace(/(\d+ \S+) .*/, "$1") });
  return CONSENT[consent]?.() || (until ? t("window closed") : "");
}

/** An address once per channel that reaches it, with what that channel allows. */
function Address({ address: { kind, value, label }, reaches }) {
  const copy = () => navigator.clipboard.writeText(value).then(() => toast(t("Copied")), () => {});
  const words = addressWords({ kind, value, label });
  const icon = html`<${Icon} name=${{ phone: "phone", email: "mail" }[kind] || "user"} />`;
  const row = (reach) => html`<div class="addr">
    ${reach ? html`<${Mark} kind=${channel(reach.channel_id)?.kind} />` : icon}
    <button type="button" class="addr-value" dir="ltr" title=${t("Copy")} onClick=${copy}>${words}</button>
    <small>${reach ? reachWords(reach) : label === words ? "" : label}</small></div>`;
  return reaches.length ? reaches.map(row) : row(null);
}

function Addresses({ person: { id, addresses, reach = [] } }) {
  const byKind = [...addresses].sort((a, b) => Number(b.kind === "phone") - Number(a.kind === "phone"));
  const of = (address) => reach.filter((one) => one.address_id === address.id);
  return html`<section><h3>${t("Addresses")}<button type="button" class="linkbtn" data-testid="addresses"
    onClick=${() => openAddresses(id)}>${t("Edit")}</button></h3>
    ${byKind.map((one) => html`<${Address} key=${one.id} address=${one} reaches=${of(one)} />`)}</section>`;
}

function Labels({ id }) {
  const { labels } = thread(id).value;
  const colour = (name) => directory.value.labels.find((one) => one.name === name)?.colour;
  const label = (name) => html`<span class="label" key=${name}><${Dot} colour=${colour(name)} />${name}</span>`;
  return html`<section><h3>${t("Labels")}<button type="button" class="linkbtn" data-testid="labels"
    onClick=${() => pickLabels(id)}>${labels.length ? t("Edit") : t("Add")}</button></h3>
    ${labels.length > 0 && html`<div class="labels">${labels.map(label)}</div>`}</section>`;
}

// Customer id → {ids, stamp}: their conversations, and of when.
const pasts = new Map();

/** Earlier conversations with the same person; asked for when the panel shows them. */
function Past({ id, personId }) {
  const [, redraw] = useState(0);
  const { ids = [], stamp: asked } = pasts.get(personId) || {};
  useEffect(() => {
    if (isFresh(personId, asked)) return undefined;
    let isHere = true;
    const ask = async () => {
      const [tick, now] = [asking(), stamp(personId)];
      const page = await get("threads", { view: "all", customer: personId, limit: 10 });
      apply({ type: "loaded.threads", data: page, asked: tick });
      pasts.set(personId, { ids: page.data.map((row) => row.id), stamp: now });
      if (isHere) redraw((n) => n + 1);
    };
    // The conversation itself comes first.
    const stop = whenRested(() => ask().catch(() => {}));
    return () => { isHere = false; stop(); };
  }, [personId]);
  const rows = ids.filter((other) => other !== id).map((other) => thread(other).value).filter(Boolean);
  const open = (other) => (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go({ thread: other });
  };
  const line = ({ id: other, last_message: last, created_at: at }) => html`<a class="past" key=${other}
    href=${href({ thread: other })} onClick=${open(other)}>
    <span dir="auto">${last ? inOneLine(last)[1] : t("No messages yet")}</span>
    <time>${shortTime(last?.at || at)}</time></a>`;
  return rows.length > 0 && html`<section><h3>${t("Past conversations")}</h3>${rows.map(line)}</section>`;
}

const Bones = () => html`<div class="card bones" aria-busy="true"><span class="bone disc l"></span>
  <span class="bone wide"></span><span class="bone"></span></div>`;

/** What stands here until the customer is loaded; a failure says so and can be tried again. */
function Waiting({ personId }) {
  const [hasFailed, setFailed] = useState(false);
  const load = () => { setFailed(false); loadCustomer(personId).then((isHere) => setFailed(!isHere)); };
  useEffect(() => { const timer = setTimeout(load, 1500); return () => clearTimeout(timer); }, [personId]);
  if (!hasFailed) return html`<${Bones} />`;
  return html`<div class="empty" role="alert"><${Icon} name="triangle-alert" />
    <p>${t("The customer could not be loaded.")}</p>
    <button type="button" class="btn" onClick=${load}>${t("Try again")}</button></div>`;
}

/** onClose: given where the panel is a drawer. */
export function CustomerPanel({ id, onClose }) {
  const row = thread(id).value;
  const personId = row?.customer.id;
  const person = customer(personId).value;
  const ref = useRef(null);
  useEffect(() => { if (onClose) ref.current.focus(); }, []);
  const zone = person?.timezone && localTime(person.timezone);
  const line = [zone, person?.language && languageName(person.language)].filter(Boolean).join(" · ");
  return html`<aside class="side" data-pane="side" data-testid="customer-panel" tabindex="-1" ref=${ref}
    aria-label=${t("Customer")}>
    ${onClose && html`<button type="button" class="iconbtn drawer-close" aria-label=${t("Close customer panel")}
      onClick=${onClose}><${Icon} name="x" /></button>`}
    ${person ? html`<div class="card"><${Avatar} name=${person.name} id=${person.id} size="l" />
        <${Name} key=${person.id} person=${person} /><p>${line}</p></div>
      <${Addresses} person=${person} /><${Notices} id=${id} personId=${person.id} /><${Labels} id=${id} />
      <${Details} key=${`details ${person.id}`} person=${person} /><${Past} id=${id} personId=${person.id} />
      <section class="side-more">${channel(row.channel?.id)?.carries_calls && html`<button type="button" class="linkbtn" data-testid="call"
        onClick=${() => openDial(id)}>${t("Call on {name}", { name: channel(row.channel.id).label })}</button>`}<button type="button" class="linkbtn" data-testid="consents"
        onClick=${() => openConsents(person.id)}>${t("Consent")}</button>
        <button type="button" class="linkbtn" data-testid="merge" onClick=${() => openMerge(person.id)}>
        ${t("Merge with another customer")}</button></section><${Blocks} id=${id} person=${person} />`
      : personId && html`<${Waiting} personId=${personId} />`}</aside>`;
}
