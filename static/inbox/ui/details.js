// The form of what is known about a customer, loaded when somebody edits it; with the list of time zones.
import { Icon, html, t, useState } from "../base.js";
import { openPicker } from "./pickers.js";

const isPlain = ([, value]) => typeof value !== "object";
const plain = (attributes) => Object.entries(attributes || {}).filter(isPlain);

/** Attributes as typed pairs, beside the nested ones, which this form leaves as they are. */
function attributesFrom(pairs, old) {
  const nested = Object.entries(old || {}).filter((pair) => !isPlain(pair));
  const typed = pairs.map(([key, value]) => [key.trim(), value.trim()]).filter(([key]) => key);
  return Object.fromEntries([...nested, ...typed]);
}

/** Labels of the person as typed, with commas between. */
const wordsOf = (labels) => [...new Set(labels.split(",").map((one) => one.trim()).filter(Boolean))];

const inWords = (zone) => zone.replace(/_/g, " ");
const zones = () => Intl.supportedValuesOf("timeZone");

/** Choose a time zone among all the browser knows; "" leaves it to the customer's number. */
function pickZone(anchor, current, onPick) {
  const unknown = { id: "none", label: t("Not known: by their number"), icon: "circle-dashed", checked: !current, run: () => onPick("") };
  const option = (zone) => ({ id: zone, label: inWords(zone), checked: zone === current, run: () => onPick(zone) });
  const known = zones();
  const all = known.includes(current) || !current ? known : [current, ...known];
  const options = () => [unknown, ...all.map(option)];
  openPicker(anchor, { label: t("Time zone"), options });
}

function ZoneButton({ zone, onPick }) {
  const open = (event) => pickZone(event.currentTarget, zone, onPick);
  return html`<div class="field"><span id="zone-name">${t("Time zone")}</span>
    <button type="button" class="btn" data-testid="timezone" aria-labelledby="zone-name zone-value" aria-haspopup="dialog"
      onClick=${open}><span id="zone-value" dir="auto">${zone ? inWords(zone) : t("Not known: by their number")}</span>
      <${Icon} name="chevron-down" /></button></div>`;
}

function DetailsForm({ person, onDone, onSave }) {
  const [language, setLanguage] = useState(person.language || "");
  const [timezone, setTimezone] = useState(person.timezone || "");
  const [labels, setLabels] = useState(person.labels.join(", "));
  const known = plain(person.attributes).map(([key, value]) => [key, String(value)]);
  const [pairs, setPairs] = useState([...known, ["", ""]]);
  const set = (i, j) => (event) => {
    const next = pairs.map((pair) => [...pair]);
    next[i][j] = event.target.value;
    setPairs(next.at(-1)[0] ? [...next, ["", ""]] : next);
  };
  const submit = (event) => {
    event.preventDefault();
    onDone();
    const attributes = attributesFrom(pairs, person.attributes);
    onSave({ language: language.trim(), timezone, labels: wordsOf(labels), attributes });
  };
  const pair = ([key, value], i) => html`<div class="pair" key=${i}>
    <input aria-label=${t("Field")} placeholder=${t("Field")} value=${key} onInput=${set(i, 0)} />
    <input aria-label=${key ? t("Value of {name}", { name: key }) : t("Value")} placeholder=${t("Value")} value=${value}
      dir="auto" onInput=${set(i, 1)} /></div>`;
  return html`<form class="edit-details" onSubmit=${submit}><label class="field"><span>${t("Language")}</span>
    <input value=${language} placeholder="en" onInput=${(event) => setLanguage(event.target.value)} /></label>
    <${ZoneButton} zone=${timezone} onPick=${setTimezone} />
    <label class="field"><span>${t("Labels, with commas between")}</span>
    <input value=${labels} dir="auto" onInput=${(event) => setLabels(event.target.value)} /></label>
    ${pairs.map(pair)}<div class="edit-actions">
      <button type="button" class="btn slim" onClick=${onDone}>${t("Cancel")}</button>
      <button class="btn slim primary">${t("Save")}</button></div></form>`;
}

/** The form itself, for the panel that shows it: {person, onDone, onSave(patch)}. */
export const detailsForm = () => DetailsForm;
