// One searchable list for every choice: assign, labels, priority, snooze, filters, views, commands, menus.
import { Avatar, Dot, Icon, html, signal, t, toast, useRef, useState } from "../base.js";
import { PRIORITIES, assign, snooze } from "../actions.js";
import { directory, session, thread } from "../store.js";
import { soon } from "../text.js";
import { setLabels, setPriority } from "./changing.js";
import { closeLayer, openPopover } from "./layers.js";

const ways = signal(null); // the module that knows who takes work, loaded with the first choice of a person
const loadWays = () => import("../availability.js").then((module) => { module.refresh(); ways.value = module; }, () => {});

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** How well letters of `want` run through `text`: higher is better, 0 is no match. */
export function score(text, want) {
  const [hay, needle] = [fold(text), fold(want)];
  if (!needle) return 1;
  const at = hay.indexOf(needle);
  if (at >= 0) return 100 - at + (at === 0 || hay[at - 1] === " " ? 50 : 0);
  let from = 0;
  for (const letter of needle) {
    from = hay.indexOf(letter, from) + 1;
    if (!from) return 0;
  }
  return 10;
}

/** Rows that match, the best first; all in their own order when nothing is wanted. */
export function ranked(rows, want, words) {
  const scored = rows.map((row) => ({ row, rank: score(words(row), want) })).filter(({ rank }) => rank > 0);
  return (want ? scored.sort((a, b) => b.rank - a.rank) : scored).map(({ row }) => row);
}

/** The moments the snooze picker offers: in 3 hours, tomorrow at 9, next Monday at 9. */
export function snoozeTimes(from = new Date()) {
  const at = (days, hour) => new Date(from.getFullYear(), from.getMonth(), from.getDate() + days, hour);
  const toMonday = ((8 - from.getDay()) % 7) || 7;
  return [
    { id: "3h", label: t("In 3 hours"), at: new Date(from.getTime() + 3 * 3_600_000) },
    { id: "tomorrow", label: t("Tomorrow, 9:00"), at: at(1, 9) },
    { id: "monday", label: t("Next Monday, 9:00"), at: at(toMonday, 9) },
  ];
}

function Option({ option, isActive, onPick, onHover, id }) {
  const { label, hint, icon, mark, checked, keys, disabled, isTall } = option;
  return html`<li id=${id} role="option" class=${`option ${isTall ? "tall" : ""}`} aria-selected=${isActive} aria-checked=${checked ?? null} aria-disabled=${disabled || null}
    onPointerMove=${onHover} onClick=${onPick}>${mark || (icon && html`<${Icon} name=${icon} />`)}
    <span class="option-label" dir="auto">${label}</span>${hint && html`<small>${hint}</small>`}
    ${keys && html`<kbd>${keys}</kbd>`}${checked && html`<${Icon} name="check" />`}</li>`;
}

/** options(want): [{id, label, hint?, icon?, mark?, checked?, keys?, words?, disabled?, run}]. create(text): an option for an
    unknown word. stays: picking does not close (labels). search: false for short menus. */
function Picker({ label, options, placeholder, create, stays, search = true }) {
  const [want, setWant] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef(null);
  const text = want.trim();
  const all = options(text);
  const found = ranked(all, text, (one) => `${one.label} ${one.words || ""}`);
  const isNew = create && text && !all.some((one) => fold(one.label) === fold(text));
  const rows = isNew ? [...found, create(text)] : found;
  const at = Math.min(active, rows.length - 1);
  const pick = (option) => { if (option.disabled) return; if (stays) setWant(""); else closeLayer(); option.run(); };
  const move = (to) => { setActive(to); list.current.children[to]?.scrollIntoView({ block: "nearest" }); };
  const onKeyDown = (event) => {
    event.stopPropagation();
    const last = rows.length - 1;
    const to = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last }[event.key];
    const isCaret = want && ["Home", "End"].includes(event.key);
    if (event.isComposing || isCaret || !rows.length || (to === undefined && event.key !== "Enter")) return;
    event.preventDefault();
    if (to === undefined) pick(rows[at]); else move(to);
  };
  const aria = {
    role: "combobox", "aria-expanded": "true", "aria-controls": "picker-list", "aria-label": label,
    "aria-activedescendant": rows[at] ? `pick-${at}` : null,
  };
  const onInput = (event) => { setWant(event.target.value); setActive(0); };
  const row = (option, i) => html`<${Option} key=${option.id} id=${`pick-${i}`} option=${option} isActive=${i === at}
    onHover=${() => i !== at && setActive(i)} onPick=${() => pick(option)} />`;
  return html`<div class="picker" onKeyDown=${onKeyDown}>
    <input class=${search ? "picker-search" : "vh"} ...${aria} value=${want} placeholder=${placeholder || label}
      autofocus readonly=${!search} autocomplete="off" onInput=${onInput} />
    <ul id="picker-list" role="listbox" aria-label=${label} ref=${list}>${rows.map(row)}</ul>
    ${!rows.length && html`<p class="picker-none">${t("Nothing found")}</p>`}</div>`;
}

/** Open a picker beside an element, or in the middle. props: see Picker. */
export function openPicker(anchor, props) {
  openPopover(anchor, props.label, () => html`<${Picker} ...${props} />`, props.search === false ? "menu" : "");
}

// ---------------------------------------------------------------- what can be done to a conversation

/** The first of these buttons that is on the page, to open beside. */
const button = (...names) => names.map((name) => document.querySelector(`[data-testid=${name}]`))
  .find((element) => element?.checkVisibility());
const dot = (colour) => html`<${Dot} colour=${colour} />`;

export function pickAssignee(id) {
  const { assignee_id: owner, team_id: team } = thread(id).peek();
  const { me } = session.peek();
  const { members, teams } = directory.peek();
  loadWays();
  const to = (assignee_id, team_id) => () => assign(id, { assignee_id, team_id });
  const toPerson = (one) => () => {
    const status = one.id !== me.id && ways.peek()?.availabilityOf(one.id)?.status;
    assign(id, { assignee_id: one.id, team_id: team });
    if (status === "away") toast(t("{name} is away.", { name: one.name }));
    if (status === "busy") toast(t("{name} is busy.", { name: one.name }));
  };
  const person = (one) => ({
    id: one.id, label: one.id === me.id ? t("{name} (me)", { name: one.name }) : one.name, checked: owner === one.id,
    mark: html`<${Avatar} name=${one.name} colour=${one.avatar} size="xs" />`, run: toPerson(one),
    hint: ways.value?.inWords(one.id),
  });
  const group = (one) => ({
    id: one.id, label: one.name, hint: t("Team"), mark: dot(one.colour), checked: team === one.id,
    run: to(owner, one.id),
  });
  const byName = (a, b) => a.name.localeCompare(b.name);
  const others = members.filter((one) => one.is_active && one.id !== me.id).sort(byName);
  const nobody = { id: "nobody", label: t("Nobody"), icon: "circle-dashed", words: "unassign", run: to(null, null) };
  const options = () => [person(me), ...others.map(person), ...teams.map(group), nobody];
  openPicker(button("assign", "more"), { label: t("Assign to"), options });
}

export function pickLabels(id) {
  const toggle = (name) => () => {
    const has = thread(id).peek().labels;
    setLabels(id, has.includes(name) ? has.filter((one) => one !== name) : [...has, name], { quiet: true });
  };
  const option = ({ name, colour }) => ({
    id: name, label: name, mark: dot(colour), checked: thread(id).value.labels.includes(name), run: toggle(name),
  });
  const create = (name) => ({ id: "new", label: t("Create “{name}”", { name }), icon: "plus", run: toggle(name) });
  const options = () => directory.value.labels.map(option);
  const placeholder = t("Find or create a label");
  openPicker(button("labels", "more"), { label: t("Labels"), options, create, placeholder, stays: true });
}

export function pickPriority(id) {
  const option = ([key, name]) => ({
    id: key, label: name(), icon: key === "none" ? "circle-dashed" : "flag",
    checked: thread(id).peek().priority === key, run: () => setPriority(id, key),
  });
  openPicker(button("more"), { label: t("Priority"), options: () => Object.entries(PRIORITIES).map(option) });
}

function When({ label, verb, run }) {
  const [value, setValue] = useState("");
  const isPast = value && new Date(value) <= new Date();
  const submit = (event) => { event.preventDefault(); closeLayer(); run(new Date(value).toISOString()); };
  const onInput = (event) => setValue(event.target.value);
  return html`<form class="snooze-date" onSubmit=${submit}><label>${label}
    <input type="datetime-local" required autofocus value=${value} onInput=${onInput} /></label>
    ${isPast && html`<p class="field-error">${t("That moment has passed.")}</p>`}
    <button class="btn primary" disabled=${!value || isPast}>${verb}</button></form>`;
}

/** The moments to choose from, and a date: words: {verb, label} of the form; more: other options; extra(iso): of each. */
export function pickTime(anchor, words, run, { more = [], extra } = {}) {
  const time = ({ id, label, at }) => ({ id, label, icon: "clock", hint: soon(at.toISOString()), run: () => run(at.toISOString()), ...extra?.(at) });
  const byDate = () => openPopover(anchor, words.verb, () => html`<${When} ...${words} run=${run} />`);
  const date = { id: "date", label: t("Choose a date…"), icon: "alarm-clock", run: byDate };
  openPicker(anchor, { label: words.verb, options: () => [...snoozeTimes().map(time), ...more, date] });
}

export function pickSnooze(id) {
  const reply = { id: "reply", label: t("Until they answer"), icon: "reply", run: () => snooze(id, null) };
  const words = { verb: t("Snooze"), label: t("Come back at") };
  pickTime(button("snooze", "more"), words, (until) => snooze(id, until), { more: [reply] });
}
