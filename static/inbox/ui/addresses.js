// Loaded when first asked for: the addresses of a customer; one added, taken away, or made a customer of its own.
import { html, newRef, t, toast, useRef, useState } from "../base.js";
import { oops } from "../actions.js";
import { get, post, remove } from "../server.js";
import { apply, customer, directory } from "../store.js";
import { addressWords, whoIs } from "../text.js";
import { DialogHead, closeLayer, lazily, openDialog } from "./layers.js";
import { numberIn } from "./number.js";

const openMerge = lazily(() => import("./merge.js"))("openMerge");
const KINDS = { phone: () => t("Phone number"), email: () => t("E-mail address") };

/** Kinds of addresses that people know how to write down and a channel of this workspace can use. */
function kinds() {
  const used = new Set(directory.value.channels.flatMap((one) => one.address_kinds || []));
  return Object.keys(KINDS).filter((kind) => kind === "phone" || used.has(kind));
}

/** One that was used stands in the history and stays. */
const isUsed = ({ reach = [] }, { id }) => reach.some((one) => one.address_id === id);

/** The addresses that are the same person's, as their providers know them. */
function ofOne({ places }, id) {
  const found = new Set([id]);
  for (let known = 0; known < found.size;) {
    known = found.size;
    const theirs = places.filter((one) => one.address_ids.some((key) => found.has(key)));
    theirs.forEach((one) => one.address_ids.forEach((key) => found.add(key)));
  }
  return found;
}

/** Whether somebody stands behind this address, the first of theirs, and somebody else behind another one. */
function isShared(person, { id }) {
  if (!person.places) return false;
  const theirs = ofOne(person, id);
  return person.addresses.find((one) => theirs.has(one.id)).id === id && person.addresses.some((one) => !theirs.has(one.id));
}

/** Merging undoes it. */
async function backInto(id, other_id) {
  try {
    const { token } = await get(`customers/${id}/merge_preview`, { other: other_id });
    await post(`customers/${id}/merges`, { other_id, token });
    toast(t("They are one customer again."));
  } catch (problem) { oops(problem); }
}

/** An address, with what can be done to it: one that is somebody else's becomes a customer of its own. */
function Row({ person, address }) {
  const words = addressWords(address);
  const drop = async () => {
    try {
      apply({ type: "loaded.customer", data: await remove(`customers/${person.id}/addresses/${address.id}`) });
      toast(t("{address} was removed", { address: words }));
    } catch (problem) { oops(problem); }
  };
  const takeOut = async () => {
    try {
      const made = await post(`customers/${person.id}/splits`, { address_id: address.id });
      closeLayer();
      const action = { label: t("Undo"), run: () => backInto(person.id, made.id) };
      toast(t("{address} is a customer of its own now", { address: words }), { action });
    } catch (problem) { oops(problem); }
  };
  const apart = t("Make {address} a customer of its own", { address: words });
  return html`<li><span dir="ltr">${words}</span>${address.label && address.label !== words && html` <small>${address.label}</small>`}
    ${isUsed(person, address) && isShared(person, address) && html`<button type="button" class="btn slim" data-testid="take-out"
      aria-label=${apart} title=${apart} onClick=${takeOut}>${t("Separate")}</button>`}
    ${!isUsed(person, address) && html`<button type="button" class="btn slim" aria-label=${t("Remove {address}", { address: words })}
      onClick=${drop}>${t("Remove")}</button>`}</li>`;
}

/** Another customer has it: perhaps they are the same person. */
const Taken = ({ person, owner, why }) => html`<div role="alert" class="field-error" data-testid="address-taken"><p>${why}</p>
  <button type="button" class="btn slim" onClick=${() => openMerge(person.id, owner.id)}>
    ${t("Merge with {name}…", { name: whoIs(owner) })}</button></div>`;

function Add({ person }) {
  const [kind, setKind] = useState("phone");
  const [text, setText] = useState("");
  const [problem, setProblem] = useState(null);
  const key = useRef(newRef());
  const all = kinds();
  const submit = async (event) => {
    event.preventDefault();
    const number = numberIn(text);
    if (kind === "phone" && !number) {
      setProblem({ detail: t("Write the whole number with its country code, like +44 7700 900123.") });
      return;
    }
    const body = kind === "phone" ? { phone: number } : { kind, value: text.trim() };
    try {
      apply({ type: "loaded.customer", data: await post(`customers/${person.id}/addresses`, body, { key: key.current }) });
      setText("");
      setProblem(null);
      toast(t("{address} was added", { address: addressWords({ kind, value: number || text.trim() }) }));
    } catch (refusal) { setProblem(refusal); }
    key.current = newRef();
  };
  const owner = problem?.body?.customer;
  return html`<form class="address-add" onSubmit=${submit}>
    ${all.length > 1 && html`<label class="field"><span>${t("Kind")}</span><select onChange=${(event) => setKind(event.target.value)}>
      ${all.map((one) => html`<option key=${one} value=${one} selected=${one === kind}>${KINDS[one]()}</option>`)}</select></label>`}
    <label class="field"><span>${KINDS[kind]()}</span><input dir="ltr" autofocus required data-testid="address-text" value=${text}
      type=${kind === "email" ? "email" : "tel"} onInput=${(event) => { setText(event.target.value); setProblem(null); }} /></label>
    ${owner ? html`<${Taken} person=${person} owner=${owner} why=${problem.detail} />`
      : problem && html`<p role="alert" class="field-error">${problem.detail}</p>`}
    <div class="dialog-actions"><button class="btn primary" data-testid="address-save">${t("Add")}</button></div></form>`;
}

function Addresses({ personId }) {
  const person = customer(personId).value;
  return html`<${DialogHead} title=${t("Addresses")} /><ul class="merge-list addresses">${person.addresses.map((one) => html`<${Row}
    key=${one.id} person=${person} address=${one} />`)}</ul><${Add} person=${person} />`;
}

export const openAddresses = (personId) => openDialog(t("Addresses"), () => html`<${Addresses} personId=${personId} />`, { className: "merge" });
