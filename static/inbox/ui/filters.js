// What the list shows: its view, filters that combine, its order; each chosen in the rail or the one searchable picker.
import { Dot, Icon, figure, filtersHere, go, href, html, route, signal, sortHere, t, viewHere } from "../base.js";
import { PRIORITIES } from "../actions.js";
import { SORT_NAMES, VIEWS } from "../lists.js";
import { directory, views } from "../store.js";
import { dayStart, format } from "../text.js";
import { lazily } from "./layers.js";

export const FILTER_NAMES = {
  status: () => t("State"), channel: () => t("Channel"), assignee: () => t("Assignee"), team: () => t("Team"),
  label: () => t("Label"), priority: () => t("Priority"), unread: () => t("Unread"), from: () => t("Active since"), to: () => t("Active until"), q: () => t("Search"),
};
const SINCE = { today: () => t("Today"), "7d": () => t("The last 7 days"), "30d": () => t("The last 30 days") };

/** What a filter can be set to: [[value, words]]. */
export function valuesOf(name) {
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

const DAY = format({ dateStyle: "medium" });

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

// The module of saved views, loaded when there is time.
export const saved = signal(null);
export const loadSaved = () => import("./saved.js").then((module) => { saved.value = module; }, () => {});

// ---------------------------------------------------------------- chips

const choices = lazily(() => import("./filtering.js"));
export const [pickFilter, pickSort, pickView] = ["pickFilter", "pickSort", "pickView"].map(choices);
const openSave = lazily(() => import("./saved.js"))("openSave");

/** The order and the filters over the list. */
export function Chips() {
  const [sort, filters] = [sortHere.value, filtersHere.value];
  const chip = ([name, value]) => html`<button type="button" key=${name} class="chip on" data-testid=${`chip-${name}`}
    onClick=${() => setFilter(name, null)}><span class="vh">${t("Remove filter")} </span>${filterName(name, value)}
    <${Icon} name="x" /></button>`;
  return html`<div class="chips"><button type="button" class="chip" onClick=${(event) => pickSort(event.currentTarget)}>
      ${SORT_NAMES[sort]?.() || sort}<${Icon} name="chevron-down" /></button>${Object.entries(filters).map(chip)}
    <button type="button" class="chip" data-testid="add-filter" onClick=${(event) => pickFilter(event.currentTarget)}>
      <${Icon} name="plus" />${t("Filter")}</button>${Object.keys(filters).length > 0 && html`<button type="button" class="chip"
      data-testid="save-view" onClick=${(event) => openSave(event.currentTarget)}>${t("Save view")}</button>`}</div>`;
}

// ---------------------------------------------------------------- views

function ViewLink({ label, icon, colour, count, isHot, isHere, change, testid, on, children }) {
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(change);
  };
  return html`<li ...${on}><a href=${href({ ...change, thread: null })} aria-current=${isHere ? "page" : null} title=${label}
    data-testid=${testid} data-count=${count} onClick=${open}>
    ${icon ? html`<${Icon} name=${icon} />` : html`<${Dot} colour=${colour} />`}<span>${label}</span>${" "}
    ${count > 0 && html`<span class=${`n ${isHot ? "hot" : ""}`}>${figure(count)}</span>`}</a>${children}</li>`;
}

export function Rail() {
  const [here, filters] = [viewHere.value, filtersHere.value];
  const { teams } = directory.value;
  const isUsual = !filters.team && !saved.value?.isAtSaved();
  const numbers = (key) => views.value.find((one) => one.key === key) || { count: 0, unread: 0 };
  const view = ([key, { label, icon }]) => {
    const { count, unread } = numbers(key);
    const isHot = key === "mine" && unread > 0;
    return html`<${ViewLink} key=${key} testid=${`view-${key}`} label=${label()} icon=${icon} isHot=${isHot}
      count=${key === "closed" ? 0 : isHot ? unread : count} isHere=${here === key && isUsual}
      change=${{ view: key, filters: {} }} />`;
  };
  const team = (one) => html`<${ViewLink} key=${one.id} label=${one.name} colour=${one.colour} count=${numbers(one.id).count}
    isHere=${filters.team === one.id} change=${{ view: "all", filters: { team: one.id, status: "open" } }} />`;
  return html`<nav class="rail" data-pane="rail" aria-label=${t("Views")}><ul>${Object.entries(VIEWS).map(view)}</ul>
    ${saved.value && html`<${saved.value.SavedViews} Link=${ViewLink} />`}
    ${teams.length > 0 && html`<h2>${t("Teams")}</h2><ul>${teams.map(team)}</ul>`}</nav>`;
}
