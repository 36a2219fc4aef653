// What the list shows: filters that combine, its order, its view; each chosen in the one searchable picker.
import { Dot, go, html, locale, route, signal, t, useState } from "../base.js";
import { PRIORITIES } from "../actions.js";
import { SORT_NAMES, VIEWS } from "../lists.js";
import { directory, views } from "../store.js";
import { dayStart } from "../text.js";
import { closeLayer, openPopover } from "./layers.js";
import { openPicker } from "./pickers.js";

const FILTER_NAMES = {
  status: () => t("State"), channel: () => t("Channel"), assignee: () => t("Assignee"), team: () => t("Team"),
  label: () => t("Label"), priority: () => t("Priority"), unread: () => t("Unread"), from: () => t("Active since"), to: () => t("Active until"), q: () => t("Search"),
};
const SINCE = { today: () => t("Today"), "7d": () => t("The last 7 days"), "30d": () => t("The last 30 days") };

/** What a filter can be set to: [[value, words]]. */
function valuesOf(name) {
  const { members, teams, labels, channels } = directory.peek();
  const ids = (rows) => rows.map((one) => [one.id, one.name]);
  return {
    status: () => [["open", t("Open")], ["snoozed", t("Snoozed")], ["closed", t("Closed")]],
    channel: () => channels.map((one) => [one.id, `${one.label} · ${one.name}`]),
    assignee: () => [["me", t("Me")], ["none", t("Nobody")], ...ids(members)],
    team: () => [["none", t("No team")], ...ids(teams)],
    label: () => labels.map((one) => [one.name, one.name]),
    priority: () => Object.entries(PRIORITIES).map(([key, word]) => [key, word()]),
    unread: () => [["true", t("Unread only")]],
    from: () => Object.entries(SINCE).map(([key, word]) => [key, word()]),
  }[name]?.() || [];
}

const DAY = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });

/** "Label: fraud" for a chip. */
export function filterName(name, value) {
  if (name === "unread") return t("Unread only");
  const day = ["from", "to"].includes(name) && !SINCE[value] && dayStart(value);
  if (day) return `${FILTER_NAMES[name]()}: ${DAY.format(day)}`;
  return `${FILTER_NAMES[name]()}: ${valuesOf(name).find(([key]) => key === value)?.[1] || value}`;
}

export function setFilter(name, value) {
  const others = Object.entries(route.peek().filters).filter(([key]) => key !== name);
  go({ filters: Object.fromEntries(value ? [...others, [name, value]] : others) });
}

/** From one day to another; either may stay open. */
function Days() {
  const { from, to } = route.peek().filters;
  const isDay = (value) => (/^\d{4}-/.test(value || "") ? value : "");
  const [days, setDays] = useState({ from: isDay(from), to: isDay(to) });
  const isWrong = days.from && days.to && days.from > days.to;
  const submit = (event) => {
    event.preventDefault();
    closeLayer();
    const others = Object.entries(route.peek().filters).filter(([name]) => !["from", "to"].includes(name));
    const chosen = Object.entries(days).filter(([, day]) => day);
    go({ filters: Object.fromEntries([...others, ...chosen]) });
  };
  const field = (name, words) => html`<label>${words}<input type="date" name=${name} value=${days[name]}
    onInput=${({ target }) => setDays((old) => ({ ...old, [name]: target.value }))} /></label>`;
  return html`<form class="snooze-date" onSubmit=${submit}>${field("from", t("From"))}${field("to", t("Until, that day included"))}
    ${isWrong && html`<p class="field-error" role="alert">${t("The first day comes after the last one.")}</p>`}
    <button class="btn primary" disabled=${isWrong || (!days.from && !days.to)}>${t("Show")}</button></form>`;
}

export function pickFilter(anchor) {
  const option = (name) => ([value, label]) => {
    const checked = route.value.filters[name] === value;
    const hint = FILTER_NAMES[name]();
    const run = () => setFilter(name, checked ? null : value);
    return { id: `${name} ${value}`, label, hint, words: hint, checked, run };
  };
  const days = {
    id: "days", label: t("Choose days…"), icon: "clock", hint: t("Date"), words: t("Date"),
    run: () => openPopover(anchor, t("Days"), () => html`<${Days} />`),
  };
  const options = () => [...Object.keys(FILTER_NAMES).flatMap((name) => valuesOf(name).map(option(name))), days];
  openPicker(anchor, { label: t("Filter"), options, placeholder: t("Channel, label, person, date…") });
}

export function pickSort(anchor) {
  const isNow = (key) => route.value.sort === key;
  const option = ([key, name]) => ({ id: key, label: name(), checked: isNow(key), run: () => go({ sort: key }) });
  openPicker(anchor, { label: t("Sort"), options: () => Object.entries(SORT_NAMES).map(option), search: false });
}

const saved = signal(null); // the module of saved views

/** Where there is no rail: the usual views, the saved ones, the teams. */
export function pickView(anchor) {
  import("./saved.js").then((module) => { saved.value = module; }, () => {});
  const option = ([key, { label, icon }]) => ({
    id: key, label: label(), icon, checked: route.value.view === key && !Object.keys(route.value.filters).length,
    hint: String(views.value.find((one) => one.key === key)?.count ?? ""),
    run: () => go({ view: key, filters: {}, thread: null }),
  });
  const team = (one) => ({
    id: one.id, label: one.name, hint: t("Team"), mark: html`<${Dot} colour=${one.colour} />`,
    checked: route.value.filters.team === one.id,
    run: () => go({ view: "all", filters: { team: one.id, status: "open" }, thread: null }),
  });
  const options = () => [
    ...Object.entries(VIEWS).map(option), ...(saved.value?.savedOptions() || []), ...directory.value.teams.map(team),
  ];
  openPicker(anchor, { label: t("Views"), options, search: false });
}
