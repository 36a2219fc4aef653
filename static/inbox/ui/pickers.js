// One searchable list for every choice: assign, labels, priority, snooze, filters, views, commands, menus.
import { Avatar, Dot, Icon, html, t, useMemo, useRef, useState } from "../base.js";
import { PRIORITIES, assign, setLabels, setPriority, snooze, snoozeTimes } from "../actions.js";
import { SORT_NAMES, VIEWS } from "../lists.js";
import { go, route } from "../route.js";
import { directory, session, thread, views } from "../store.js";
import { soon } from "../text.js";
import { closeLayer, openPopover } from "./layers.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** How well letters of `want` run through `text`: higher is better, 0 is no match. */
export function score(text, want) {
  const [hay, needle] = [fold(text), fold(want)];
  if (!needle) return 1;
  const at = hay.indexOf(needle);
  if (at >= 0) return 100 - at + (at === 0 || hay[at - 1] === " " ? 50 : 0);
  let from = 0;
  for (const letter of needle) { from = hay.indexOf(letter, from) + 1; if (!from) return 0; }
  return 10;
}

function Option({ option, isActive, onPick, onHover, id }) {
  const { label, hint, icon, mark, checked, keys, danger } = option;
  return html`<li id=${id} role="option" class=${`option ${danger ? "danger" : ""}`} aria-selected=${isActive} aria-checked=${checked ?? null}
    onPointerMove=${onHover} onClick=${onPick}>
    ${mark || (icon && html`<${Icon} name=${icon} />`)}<span class="option-label" dir="auto">${label}</span>
    ${hint && html`<small>${hint}</small>`}${keys && html`<kbd>${keys}</kbd>`}${checked && html`<${Icon} name="check" />`}</li>`;
}

/** options: [{id, label, hint?, icon?, mark?, checked?, keys?, run}]. create(text): an option for an unknown word.
    stays: picking does not close (labels). search: false for short menus. */
export function Picker({ label, options, placeholder, create, stays, search = true }) {
  const [want, setWant] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef(null);
  const all = options();
  const found = useMemo(() => all.map((option) => ({ option, rank: score(`${option.label} ${option.words || ""}`, want) }))
    .filter((one) => one.rank > 0).sort((a, b) => (want ? b.rank - a.rank : 0)).map((one) => one.option), [want, all.length, all]);
  const isNew = create && want.trim() && !all.some((option) => fold(option.label) === fold(want.trim()));
  const rows = isNew ? [...found, create(want.trim())] : found;
  const at = Math.min(active, rows.length - 1);
  const pick = (option) => { if (!stays) closeLayer(); else setWant(""); option.run(); };
  const move = (to) => { setActive(to); list.current?.children[to]?.scrollIntoView({ block: "nearest" }); };
  const onKeyDown = (event) => {
    const steps = { ArrowDown: (at + 1) % rows.length, ArrowUp: (at - 1 + rows.length) % rows.length, Home: 0, End: rows.length - 1 };
    if (event.isComposing) return;
    if (event.key in steps && rows.length && !(search && want && ["Home", "End"].includes(event.key))) { event.preventDefault(); move(steps[event.key]); }
    else if (event.key === "Enter" && rows[at]) { event.preventDefault(); pick(rows[at]); }
    event.stopPropagation();
  };
  const aria = { role: "combobox", "aria-expanded": "true", "aria-controls": "picker-list", "aria-activedescendant": rows[at] ? `pick-${at}` : null, "aria-label": label };
  return html`<div class="picker" onKeyDown=${onKeyDown}>
    <input class=${search ? "picker-search" : "vh"} ...${aria} value=${want} placeholder=${placeholder || label} autofocus readonly=${!search} autocomplete="off"
      onInput=${(event) => { setWant(event.target.value); setActive(0); }} />
    <ul id="picker-list" role="listbox" aria-label=${label} ref=${list}>${rows.map((option, i) => html`<${Option} key=${option.id} id=${`pick-${i}`}
      option=${option} isActive=${i === at} onHover=${() => i !== at && setActive(i)} onPick=${() => pick(option)} />`)}</ul>
    ${!rows.length && html`<p class="picker-none">${t("Nothing found")}</p>`}</div>`;
}

/** Open a picker beside an element. */
export const openPicker = (anchor, props) => openPopover(anchor, props.label, () => html`<${Picker} ...${props} />`, props.search === false ? "menu" : "");

const dot = (colour) => html`<${Dot} colour=${colour} />`;
const at = (testid) => document.querySelector(`[data-testid=${testid}]`);

export function pickAssignee(id) {
  const row = thread(id).peek();
  const me = session.peek().me;
  const { members, teams } = directory.peek();
  const to = (assignee_id, team_id) => () => assign(id, { assignee_id, team_id });
  const person = (one) => ({ id: one.id, label: one.id === me.id ? t("{name} (me)", { name: one.name }) : one.name, checked: row.assignee_id === one.id,
    mark: html`<${Avatar} name=${one.name} colour=${one.avatar} size="xs" />`, run: to(one.id, row.team_id) });
  const rest = members.filter((one) => one.is_active && one.id !== me.id).sort((a, b) => a.name.localeCompare(b.name));
  const options = () => [person(me), ...rest.map(person),
    ...teams.map((one) => ({ id: one.id, label: one.name, hint: t("Team"), mark: dot(one.colour), checked: row.team_id === one.id, run: to(row.assignee_id, one.id) })),
    { id: "nobody", label: t("Nobody"), icon: "circle-dashed", words: "unassign", run: to(null, null) }];
  openPicker(at("assign"), { label: t("Assign to"), options });
}

export function pickLabels(id) {
  const toggle = (name) => { const has = thread(id).peek().labels; setLabels(id, has.includes(name) ? has.filter((one) => one !== name) : [...has, name], { quiet: true }); };
  const options = () => directory.value.labels.map((one) => ({ id: one.name, label: one.name, mark: dot(one.colour), checked: thread(id).value.labels.includes(one.name), run: () => toggle(one.name) }));
  const create = (name) => ({ id: "new", label: t("Create “{name}”", { name }), icon: "plus", run: () => toggle(name) });
  openPicker(at("labels") || at("more"), { label: t("Labels"), options, create, stays: true, placeholder: t("Find or create a label") });
}

export function pickPriority(id) {
  const options = () => Object.entries(PRIORITIES).map(([key, name]) => ({ id: key, label: name(), icon: key === "none" ? "minus" : "flag", checked: thread(id).peek().priority === key, run: () => setPriority(id, key) }));
  openPicker(at("more"), { label: t("Priority"), options });
}

function SnoozeDate({ id }) {
  const [value, setValue] = useState("");
  const isPast = value && new Date(value) <= new Date();
  const submit = (event) => { event.preventDefault(); closeLayer(); snooze(id, new Date(value).toISOString()); };
  return html`<form class="snooze-date" onSubmit=${submit}><label>${t("Come back at")}<input type="datetime-local" required autofocus value=${value} onInput=${(event) => setValue(event.target.value)} /></label>
    ${isPast && html`<p class="field-error">${t("That moment has passed.")}</p>`}
    <button class="btn primary" disabled=${!value || isPast}>${t("Snooze")}</button></form>`;
}

export function pickSnooze(id) {
  const options = () => [
    ...snoozeTimes().map((one) => ({ id: one.id, label: one.label, icon: "clock", hint: soon(one.at.toISOString()), run: () => snooze(id, one.at.toISOString()) })),
    { id: "reply", label: t("Until they answer"), icon: "reply", run: () => snooze(id, null) },
    { id: "date", label: t("Choose a date…"), icon: "alarm-clock", run: () => openPopover(at("snooze"), t("Snooze"), () => html`<${SnoozeDate} id=${id} />`) }];
  openPicker(at("snooze") || at("more"), { label: t("Snooze"), options });
}

/** What one filter can be set to, as picker options that change the address. */
function filterValues(name) {
  const { members, teams, labels, channels } = directory.peek();
  const rows = {
    status: [["open", t("Open")], ["snoozed", t("Snoozed")], ["closed", t("Closed")]],
    channel: channels.map((one) => [one.id, `${one.label} · ${one.name}`]),
    assignee: [["me", t("Me")], ["none", t("Nobody")], ...members.map((one) => [one.id, one.name])],
    team: teams.map((one) => [one.id, one.name]),
    label: labels.map((one) => [one.name, one.name]),
    priority: Object.entries(PRIORITIES).map(([key, word]) => [key, word()]),
    unread: [["true", t("Unread only")]],
  }[name] || [];
  return rows;
}
const FILTER_NAMES = { status: () => t("State"), channel: () => t("Channel"), assignee: () => t("Assignee"), team: () => t("Team"), label: () => t("Label"), priority: () => t("Priority"), unread: () => t("Unread"), q: () => t("Search") };

/** "Label: fraud" for a chip. */
export function filterName(name, value) {
  const word = filterValues(name).find(([key]) => key === value)?.[1] || value;
  return name === "unread" ? t("Unread only") : `${FILTER_NAMES[name]()}: ${word}`;
}

export const setFilter = (name, value) => {
  const filters = { ...route.peek().filters, [name]: value };
  if (!value) delete filters[name];
  go({ filters, message: route.peek().message });
};

export function pickFilter(anchor) {
  const options = () => Object.keys(FILTER_NAMES).filter((name) => name !== "q").flatMap((name) => filterValues(name).map(([value, word]) => ({
    id: `${name} ${value}`, label: word, hint: FILTER_NAMES[name](), words: FILTER_NAMES[name](), checked: route.value.filters[name] === value,
    run: () => setFilter(name, route.peek().filters[name] === value ? null : value),
  })));
  openPicker(anchor, { label: t("Filter"), options, placeholder: t("Channel, label, person, state…") });
}

export function pickSort(anchor) {
  const options = () => Object.entries(SORT_NAMES).map(([key, name]) => ({ id: key, label: name(), checked: route.value.sort === key, run: () => go({ sort: key }) }));
  openPicker(anchor, { label: t("Sort"), options, search: false });
}

export function pickView(anchor) {
  const options = () => Object.entries(VIEWS).map(([key, view]) => ({ id: key, label: view.label(), icon: view.icon, checked: route.value.view === key,
    hint: String(views.value.find((one) => one.key === key)?.count ?? ""), run: () => go({ view: key, filters: {}, thread: null }) }));
  openPicker(anchor, { label: t("Views"), options, search: false });
}
