// Choosing what the list shows, loaded when first wanted: a filter, days, the order, a view where there is no rail.
import { Dot, figure, go, html, route, t, useState } from "../base.js";
import { SORT_NAMES, VIEWS } from "../lists.js";
import { directory, views } from "../store.js";
import { FILTER_NAMES, loadSaved, saved, setFilter, valuesOf } from "./filters.js";
import { closeLayer, openPopover } from "./layers.js";
import { openPicker } from "./pickers.js";

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

/** Where there is no rail: the usual views, the saved ones, the teams. */
export function pickView(anchor) {
  loadSaved();
  const option = ([key, { label, icon }]) => ({
    id: key, label: label(), icon, checked: route.value.view === key && !Object.keys(route.value.filters).length,
    hint: figure(views.value.find((one) => one.key === key)?.count),
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
