// Loaded when first asked for: two customers who are one person become one, after a look at what that does; undo.
import { Avatar, html, newRef, t, tn, toast, useEffect, useState } from "../base.js";
import { oops } from "../actions.js";
import { get, post, remove } from "../server.js";
import { customer } from "../store.js";
import { languageName, phone, shortTime, whoIs } from "../text.js";
import { DialogHead, closeLayer, openDialog } from "./layers.js";

const REASONS = {
  number: () => t("same number"), email: () => t("same e-mail address"), external_id: () => t("same id of yours"),
};
const FIELDS = {
  name: () => t("Name"), language: () => t("Language"), timezone: () => t("Time zone"),
  external_id: () => t("External id"),
};
const CLOSED = { marketing: () => t("no marketing"), blocked: () => t("blocked") };

const addressLine = ({ addresses }) => addresses.map(({ kind, value }) => (kind === "phone" ? phone(value) : value)).join(", ");

async function undo(personId, id) {
  try { await remove(`customers/${personId}/merges/${id}`); toast(t("They are two customers again.")); }
  catch (problem) { oops(problem); }
}

/** A customer to choose, with why they may be the same person. */
function Choice({ person, reasons = [], onPick }) {
  const why = reasons.map((reason) => REASONS[reason]?.()).filter(Boolean).join(", ");
  return html`<li><button type="button" class="merge-one" onClick=${onPick}>
    <${Avatar} name=${person.name} id=${person.id} size="s" /><span><b dir="auto">${whoIs(person)}</b>
    <small dir="ltr">${addressLine(person)}</small></span>${why && html`<em>${why}</em>`}</button></li>`;
}

/** Whom they were merged with before, each to be undone. */
function Earlier({ personId }) {
  const [rows, setRows] = useState([]);
  useEffect(() => {
    get(`customers/${personId}/merges`).then(({ data }) => setRows(data.filter((one) => !one.undone_at)), () => {});
  }, [personId]);
  const row = ({ id, merged, at, by }) => html`<li key=${id}><span dir="auto">${t("{name}, by {who}", {
    name: merged.name || t("Unknown"), who: by.name })}</span> <time>${shortTime(at)}</time>
    <button type="button" class="btn slim" data-testid="unmerge" onClick=${() => { closeLayer(); undo(personId, id); }}>
      ${t("Undo")}</button></li>`;
  return rows.length > 0 && html`<h3>${t("Merged before")}</h3><ul class="merge-list">${rows.map(row)}</ul>`;
}

/** Choose who is the same person: likely ones first, then whoever is searched for. */
function Choose({ person, onPick }) {
  const [likely, setLikely] = useState(null);
  const [found, setFound] = useState(null);
  useEffect(() => { get(`customers/${person.id}/duplicates`).then(({ data }) => setLikely(data), () => setLikely([])); }, []);
  const search = async (event) => {
    const q = event.target.value.trim();
    const { people } = q ? await get("search", { q }).catch(() => ({ people: [] })) : { people: null };
    setFound(people?.map((one) => one.customer).filter((one) => one.id !== person.id) || null);
  };
  const rows = found?.map((one) => ({ customer: one })) || likely || [];
  const list = rows.map((row) => html`<${Choice} key=${row.customer.id} person=${row.customer} reasons=${row.reasons}
    onPick=${() => onPick(row.customer.id)} />`);
  const none = found ? t("Nobody found") : t("Nobody has the same number, e-mail address or id.");
  return html`<label class="field"><span>${t("Who is the same person?")}</span>
    <input type="search" data-testid="merge-search" autofocus placeholder=${t("Name, number or id")} onInput=${search} /></label>
    <h3>${found ? t("Found") : t("Likely the same")}</h3>
    ${list.length ? html`<ul class="merge-list" data-testid="merge-choices">${list}</ul>`
      : (found || likely) && html`<p class="muted">${none}</p>`}<${Earlier} personId=${person.id} />`;
}

// ---------------------------------------------------------------- what it would do

function figures({ addresses, threads, joined, messages, notes, notifications }) {
  return [
    tn("{n} address", "{n} addresses", addresses), tn("{n} conversation", "{n} conversations", threads),
    joined && tn("{n} of them joins an open one", "{n} of them join open ones", joined),
    messages && tn("{n} message", "{n} messages", messages), notes && tn("{n} note", "{n} notes", notes),
    notifications && tn("{n} notification", "{n} notifications", notifications),
  ].filter(Boolean).join(" · ");
}

const value = (field, text) => (field === "language" ? languageName(text) : text);

function Preview({ look, isStale, onSwap, onBack, onDone }) {
  const [isBusy, setBusy] = useState(false);
  const [key] = useState(newRef);
  const merge = async () => {
    setBusy(true);
    try {
      const body = { other_id: look.other_id, token: look.token };
      onDone(await post(`customers/${look.survivor_id}/merges`, body, { key }));
    } catch (problem) { onDone(null, problem); }
    setBusy(false);
  };
  const lost = look.differences.map(({ field, kept, dropped }) => html`<dt>${FIELDS[field]?.() || field}</dt>
    <dd dir="auto">${value(field, kept)} <del>${value(field, dropped)}</del></dd>`);
  const strict = look.denied.map(({ channel, category }) => html`<li>${channel === "*" ? t("Every channel") : channel}:
    ${" "}${CLOSED[category]?.() || t("no {category}", { category })}</li>`);
  const labels = look.fields.labels.join(", ");
  return html`<div class="merge-look" data-testid="merge-preview">
    ${isStale && html`<p role="alert" class="merge-stale">${t("Something changed since. Look at it again.")}</p>`}
    <p>${t("One customer stays:")} <b dir="auto">${look.fields.name || t("Unknown")}</b></p>
    <p class="muted">${figures(look.figures)}</p>
    ${labels && html`<p class="muted">${t("Labels")}: <span dir="auto">${labels}</span></p>`}
    ${lost.length > 0 && html`<h3>${t("Different on both: the first stays")}</h3><dl>${lost}</dl>`}
    ${strict.length > 0 && html`<h3>${t("The stricter wish counts")}</h3><ul>${strict}</ul>`}
    <p class="muted">${t("You can undo this at any time; new messages then go with the address they came by.")}</p>
    <div class="dialog-actions"><button type="button" class="btn" onClick=${onBack}>${t("Back")}</button>
      <button type="button" class="btn" onClick=${onSwap}>${t("Keep the other one")}</button>
      <button type="button" class="btn primary" data-testid="merge-now" disabled=${isBusy} onClick=${merge}>
        ${t("Merge")}</button></div></div>`;
}

function Merge({ personId, otherId }) {
  const [look, setLook] = useState(null);
  const [isStale, setStale] = useState(false);
  const show = async (survivor, other) => {
    setStale(false);
    try { setLook(await get(`customers/${survivor}/merge_preview`, { other })); } catch (problem) { oops(problem); }
  };
  useEffect(() => { if (otherId) show(personId, otherId); }, []);
  const onDone = (made, problem) => {
    if (problem?.body?.preview) { setLook(problem.body.preview); setStale(true); return; }
    if (problem) { oops(problem); return; }
    closeLayer();
    const run = () => undo(made.survivor_id, made.id);
    toast(t("Merged into one customer"), { action: { label: t("Undo"), run } });
  };
  return html`<${DialogHead} title=${t("Merge two customers")} />
    ${look ? html`<${Preview} key=${look.token} look=${look} isStale=${isStale} onBack=${() => setLook(null)}
        onSwap=${() => show(look.other_id, look.survivor_id)} onDone=${onDone} />`
      : html`<${Choose} person=${customer(personId).peek()} onPick=${(other) => show(personId, other)} />`}`;
}

/** otherId: if it is known with whom. */
export const openMerge = (personId, otherId) => openDialog(t("Merge two customers"),
  () => html`<${Merge} personId=${personId} otherId=${otherId} />`, { className: "merge" });
