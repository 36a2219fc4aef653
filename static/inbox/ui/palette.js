// Every command by name (Mod+K), the sheet of all keys (?), and their remapping.
import { html, local, route, signal, t, useEffect, useLayoutEffect, useRef, useState } from "../base.js";
import { PRIORITIES, assign, snooze } from "../actions.js";
import { applies, chordOf, clashOf, commands, keysOf, remap, showKeys } from "../commands.js";
import { directory, session, thread } from "../store.js";
import { setLabels, setPriority } from "./changing.js";
import { DialogHead, openDialog } from "./layers.js";
import { openPicker, snoozeTimes } from "./pickers.js";

const KEEP = 6;
const shelf = () => `parley:commands:${session.peek().tenant.id}:${session.peek().me.id}`;
const recent = () => local.get(shelf()) || [];
const isMove = (one) => /^(list-|message-|palette)/.test(one.id) || ["composer", "messages"].includes(one.scope);

/** Choices inside commands, found when something is typed: assign → person, label → name, … */
function nested() {
  const id = route.peek().thread;
  const row = id && thread(id).peek();
  if (!row) return [];
  const { members, teams, labels } = directory.peek();
  const option = (key, label, run) => ({ id: key, label, run });
  const toPerson = (one) => option(`assign ${one.id}`, t("Assign to {name}", { name: one.name }),
    () => assign(id, { assignee_id: one.id, team_id: row.team_id }));
  const toTeam = (one) => option(`team ${one.id}`, t("Assign to {name}", { name: one.name }),
    () => assign(id, { assignee_id: row.assignee_id, team_id: one.id }));
  const label = ({ name }) => (row.labels.includes(name)
    ? option(`label ${name}`, t("Remove label {name}", { name }), () => setLabels(id, row.labels.filter((one) => one !== name)))
    : option(`label ${name}`, t("Add label {name}", { name }), () => setLabels(id, [...row.labels, name])));
  const priority = ([key, word]) => option(`priority ${key}`, t("Priority: {name}", { name: word() }),
    () => setPriority(id, key));
  const sleep = ({ id: key, label: name, at }) => option(`snooze ${key}`, t("Snooze: {name}", { name }),
    () => snooze(id, at.toISOString()));
  return [...members.filter((one) => one.is_active).map(toPerson), ...teams.map(toTeam), ...labels.map(label),
    ...Object.entries(PRIORITIES).map(priority), ...snoozeTimes().map(sleep)];
}

/** What can be done here: what was done lately first, then what concerns the open conversation, then the rest. */
export function openPalette() {
  const lately = recent();
  const rank = (one) => (lately.includes(one.id) ? lately.indexOf(one.id) : one.scope === "conversation" ? 50 : 99);
  const usable = commands.filter((one) => one.run && !isMove(one) && applies(one, false, ""));
  const keep = (one) => () => {
    local.set(shelf(), [one.id, ...recent().filter((id) => id !== one.id)].slice(0, KEEP));
    one.run();
  };
  const option = (one) => ({ id: one.id, label: one.label(), keys: keysOf(one.id), run: keep(one),
    hint: lately.includes(one.id) ? t("recent") : "" });
  const all = usable.sort((a, b) => rank(a) - rank(b)).map(option);
  const inner = nested().map((one) => ({ ...one, run: keep(one) }));
  openPicker(null, {
    label: t("Commands"), placeholder: t("What would you like to do?"), options: (want) => (want ? [...all, ...inner] : all),
  });
}

// ---------------------------------------------------------------- all keys, and others for them

const SCOPES = {
  anywhere: () => t("Anywhere"), list: () => t("List"), conversation: () => t("Conversation"),
  messages: () => t("Messages"), composer: () => t("Composer"), call: () => t("Calls"),
};
const waiting = signal(null); // id of the command that gets the next keys pressed
const said = signal("");
const round = signal(0); // rises when keys changed, so that every row is drawn again

/** Take the next chord for a command; Esc leaves it, Delete takes its keys away. */
function Catch({ command }) {
  const ref = useRef(null);
  const first = useRef("");
  useLayoutEffect(() => ref.current.focus(), []);
  const done = (words) => { waiting.value = null; said.value = words; };
  const give = (keys) => {
    const clash = keys && clashOf(command, keys);
    if (clash) { done(t("{keys} is taken by “{name}”. Nothing was changed.", { keys: showKeys(keys), name: clash.label() })); return; }
    remap(command.id, keys ? [keys] : []);
    round.value += 1;
    done(keys ? t("“{name}” now has {keys}.", { name: command.label(), keys: showKeys(keys) })
      : t("“{name}” has no keys any more.", { name: command.label() }));
  };
  const onKeyDown = (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (["Shift", "Control", "Meta", "Alt"].includes(event.key) || event.altKey) return;
    if (event.key === "Escape") { done(""); return; }
    if (["Delete", "Backspace"].includes(event.key)) { give(""); return; }
    const chord = chordOf(event);
    if (chord === "g" && !first.current) { first.current = "g "; return; }
    give(first.current + chord);
  };
  return html`<button type="button" class="btn s catch" ref=${ref} data-testid="catch" onKeyDown=${onKeyDown}
    onBlur=${() => waiting.peek() === command.id && done("")}>${t("Press keys…")}</button>`;
}

function Row({ command }) {
  const { id, label, keys, usual, isShown } = round.value >= 0 && command;
  const restore = () => {
    remap(id, null);
    round.value += 1;
    waiting.value = null;
    said.value = t("“{name}” has its usual keys again.", { name: label() });
  };
  const isOther = keys.join() !== usual.join();
  const hold = html`<button type="button" class="linkbtn" data-testid=${`remap-${id}`}
    aria-label=${t("Change the keys of “{name}”", { name: label() })} onClick=${() => { said.value = ""; waiting.value = id; }}>
    ${t("Change")}</button>`;
  const back = isOther && html`<button type="button" class="linkbtn"
    onClick=${restore}>${t("As before")}</button>`;
  return html`<div><dt>${label()}</dt><dd>${waiting.value === id ? html`<${Catch} command=${command} />`
    : keys.map((one) => html`<kbd>${showKeys(one)}</kbd>`)} ${!isShown && waiting.value !== id && hold}${back}</dd></div>`;
}

function Help({ title }) {
  const [, redraw] = useState(0);
  useEffect(() => waiting.subscribe(() => redraw((n) => n + 1)), []);
  const part = ([scope, name]) => html`<section key=${scope}><h3>${name()}</h3><dl>
    ${commands.filter((one) => one.scope === scope && (one.usual.length || one.keys.length))
      .map((one) => html`<${Row} key=${one.id} command=${one} />`)}</dl></section>`;
  const parts = Object.entries(SCOPES).filter(([scope]) => commands.some((one) => one.scope === scope));
  return html`<${DialogHead} title=${title} /><div class="help">${parts.map(part)}</div>
    <p class="help-said" role="status" data-testid="remap-said">${said.value}</p>
    <p class="help-foot">${t("Single letters work outside text fields; the menu under your name switches them off. Delete takes a command its keys.")}</p>`;
}

export function openHelp() {
  const title = t("Keyboard shortcuts");
  said.value = "";
  waiting.value = null;
  openDialog(title, () => html`<${Help} title=${title} />`, { className: "wide" });
}
