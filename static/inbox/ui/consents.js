// Loaded when first asked for: what a customer agreed to, by category and channel, changed in place.
import { Icon, html, t, useEffect, useState } from "../base.js";
import { oops } from "../actions.js";
import { get, put } from "../server.js";
import { directory } from "../store.js";
import { DialogHead, openDialog } from "./layers.js";

const CATEGORIES = {
  marketing: () => t("Offers and news"), utility: () => t("Notices"), authentication: () => t("Codes and alerts"),
};
const STATES = { "": () => t("Nothing said"), granted: () => t("Allowed"), denied: () => t("Not allowed") };
const stateOf = (rows, { category, channel }) => rows
  .find((row) => row.category === category && row.channel === channel)?.state || "";

/** "*" stands for every channel; then each kind this workspace has. */
function places() {
  const kinds = new Map(directory.value.channels.map((one) => [one.kind, one.label]));
  return [["*", t("Every channel")], ...kinds];
}

/** Two answers to the same question: somebody wrote theirs down while this page showed an older one. */
function Clash({ clash, onKeep, onSave }) {
  return html`<div class="clash" role="alert"><p>${t("Somebody changed this meanwhile.")}</p>
    <dl><dt>${t("Theirs")}</dt><dd>${STATES[clash.theirs]()}</dd><dt>${t("Yours")}</dt><dd>${STATES[clash.state]()}</dd></dl>
    <div class="edit-actions"><button type="button" class="btn slim" onClick=${onKeep}>${t("Keep theirs")}</button>
      <button type="button" class="btn slim primary" onClick=${onSave}>${t("Save mine")}</button></div></div>`;
}

function Consents({ personId }) {
  const [rows, setRows] = useState(null);
  const [clash, setClash] = useState(null);
  const [undo, setUndo] = useState(null); // the answer before the last one; a toast would be under the dialog
  const path = `customers/${personId}/consents`;
  useEffect(() => { get(path).then(({ data }) => setRows(data), oops); }, []);
  const write = async (one) => {
    setClash(null);
    const answer = await put(path, { consents: [one], source: "inbox" });
    setRows(answer.data);
  };
  const choose = async (one) => {
    const before = stateOf(rows, one);
    try {
      const { data } = await get(path);
      const theirs = stateOf(data, one);
      setRows(data);
      if (theirs !== before && theirs !== one.state) { setClash({ ...one, theirs }); return; }
      await write(one);
      setUndo(before ? { ...one, state: before } : null);
    } catch (problem) { oops(problem); }
  };
  if (!rows) return html`<p class="muted" aria-busy="true">${t("Loading…")}</p>`;
  const select = (category, [channel, name]) => {
    const state = stateOf(rows, { category, channel });
    const option = ([value, word]) => html`<option key=${value} value=${value} selected=${value === state}
      disabled=${!value && Boolean(state)}>${word()}</option>`;
    return html`<label class="choice" key=${channel}><span>${name}</span>
      <select data-testid=${`consent-${category}-${channel}`} onChange=${(event) => choose({ category, channel,
        state: event.target.value })}>${Object.entries(STATES).map(option)}</select></label>`;
  };
  const group = ([category, name]) => html`<fieldset key=${category}><legend>${name()}</legend>
    ${places().map((place) => select(category, place))}</fieldset>`;
  return html`${clash && html`<${Clash} clash=${clash} onKeep=${() => setClash(null)}
      onSave=${() => write({ category: clash.category, channel: clash.channel, state: clash.state }).catch(oops)} />`}
    <p class="muted"><${Icon} name="shield-check" /> ${t("A no always counts, whatever else is allowed.")}</p>
    ${Object.entries(CATEGORIES).map(group)}
    ${undo && html`<div class="dialog-actions" role="status"><span>${t("Written down")}</span>
      <button type="button" class="btn slim" data-testid="consent-undo" onClick=${() => { setUndo(null); write(undo).catch(oops); }}>
        ${t("Undo")}</button></div>`}`;
}

export const openConsents = (personId) => openDialog(t("Consent"), () => html`<${DialogHead} title=${t("Consent")} />
  <${Consents} personId=${personId} />`, { className: "consents" });
