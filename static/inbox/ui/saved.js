// Saved views: the rail's own section, saving the place one is at, putting them in order by dragging or by keys.
import {
  Icon, announce, effect, figure, filtersHere, go, html, route, signal, sortHere, t, toast, useState, viewHere,
} from "../base.js";
import { oops } from "../actions.js";
import { get, patch, post, put, remove } from "../server.js";
import { session, views } from "../store.js";
import { closeLayer, openPopover } from "./layers.js";
import { openPicker } from "./pickers.js";

const saved = signal([]); // as the API tells them, in this member's order
const REFRESH_MS = 5000; // the server keeps its counts as long
let [timer, readAt] = [0, 0];

async function read() {
  [timer, readAt] = [0, Date.now()];
  try { saved.value = (await get("saved_views")).data; } catch { /* the next count of the views asks again */ }
}
effect(() => { // after each count of the usual views
  if (views.value && !timer) timer = setTimeout(read, Math.max(0, readAt + REFRESH_MS - Date.now()));
});

const mayShare = () => session.peek().me.role !== "agent";
const mayChange = (one) => !one.is_shared || mayShare();
const sorted = (filters) => JSON.stringify(Object.entries(filters).sort());
const isHere = ({ view, sort, filters }) => viewHere.value === view && sortHere.value === sort
  && sorted(filtersHere.value) === sorted(filters);
const here = () => { const { view, sort, filters } = route.peek(); return { view, sort, filters }; };

/** Do it at once in the rail, then as the server says. */
async function reorder(ids) {
  const old = saved.peek();
  saved.value = ids.map((id) => old.find((one) => one.id === id));
  try { saved.value = (await put("saved_views/order", { ids })).data; } catch (problem) { saved.value = old; oops(problem); }
}

function move(id, to) {
  const ids = saved.peek().map((one) => one.id).filter((one) => one !== id);
  const place = Math.max(0, Math.min(ids.length, to));
  ids.splice(place, 0, id);
  announce(t("{name} is number {n} now", { name: saved.peek().find((one) => one.id === id).name, n: place + 1 }));
  return reorder(ids);
}
const step = (id, by) => move(id, saved.peek().findIndex((one) => one.id === id) + by);

/** Returns whether it was done. */
async function change(ask) {
  let isDone = true;
  try { await ask(); } catch (problem) { oops(problem); isDone = false; }
  await read();
  return isDone;
}

async function drop({ id, name, place, is_shared }) {
  const run = () => change(() => post("saved_views", { name, place, is_shared }));
  if (await change(() => remove(`saved_views/${id}`))) toast(t("{name} is deleted", { name }), { action: { label: t("Undo"), run } });
}

function Form({ one }) {
  const [name, setName] = useState(one?.name || "");
  const [isShared, setShared] = useState(false);
  const [problem, setProblem] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    try {
      await (one ? patch(`saved_views/${one.id}`, { name }) : post("saved_views", { name, place: here(), is_shared: isShared }));
      closeLayer();
      await read();
    } catch ({ detail }) { setProblem(detail); }
  };
  return html`<form class="snooze-date" onSubmit=${submit}><label>${t("Name")}<input required maxlength="60" autofocus
      value=${name} onInput=${({ target }) => setName(target.value)} data-testid="saved-name" /></label>
    ${!one && mayShare() && html`<label class="check"><input type="checkbox" checked=${isShared} data-testid="saved-share"
      onChange=${({ target }) => setShared(target.checked)} />${t("Everybody sees it")}</label>`}
    ${problem && html`<p class="field-error" role="alert">${problem}</p>`}
    <button class="btn primary" disabled=${!name.trim()}>${t("Save")}</button></form>`;
}

/** Name the place one is at. */
export function openSave(anchor) {
  openPopover(anchor, t("Save this view"), () => html`<${Form} />`);
}

function openMenu(anchor, one) {
  const at = saved.peek().indexOf(one);
  const rename = () => openPopover(anchor, t("Rename"), () => html`<${Form} one=${one} />`);
  const item = (id, label, icon, run, disabled = false) => ({ id, label, icon, run, disabled });
  const order = [
    item("up", t("Move up"), "list", () => step(one.id, -1), at === 0),
    item("down", t("Move down"), "list", () => step(one.id, 1), at === saved.peek().length - 1),
  ];
  const own = mayChange(one) ? [
    item("rename", t("Rename…"), "pencil", rename),
    item("here", t("Show what is shown now"), "list-filter", () => change(() => patch(`saved_views/${one.id}`, { place: here() }))),
    item("delete", t("Delete"), "trash-2", () => drop(one)),
  ] : [];
  openPicker(anchor, { label: one.name, options: () => [...order, ...own], search: false });
}

/** Dragging one view onto another, or Shift with an arrow on it. */
function moves(one, index) {
  return {
    draggable: true,
    onDragStart: ({ dataTransfer }) => dataTransfer.setData("text/parley-view", one.id),
    onDragOver: (event) => { if (event.dataTransfer.types.includes("text/parley-view")) event.preventDefault(); },
    onDrop: (event) => { event.preventDefault(); move(event.dataTransfer.getData("text/parley-view"), index); },
    onKeyDown: (event) => {
      const by = event.shiftKey && { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const link = event.target;
      step(one.id, by).then(() => link.focus());
    },
  };
}

/** Whether what is shown is one of them. */
export const isAtSaved = () => saved.value.some(({ place }) => isHere(place));

/** As the server tells them, in this member's order. */
export const allSaved = () => saved.value;

/** The saved views as options of a menu, for where there is no rail. */
export const savedOptions = () => saved.value.map((one) => ({
  id: one.id, label: one.name, icon: one.is_shared ? "users" : "list-filter", hint: figure(one.count),
  checked: isHere(one.place), run: () => go({ ...one.place, thread: null }),
}));

/** The rail's section. Link: how the rail draws a view. */
export function SavedViews({ Link }) {
  if (!saved.value.length) return null;
  const row = (one, index) => html`<${Link} key=${one.id} label=${one.name} icon=${one.is_shared ? "users" : "list-filter"}
    count=${one.count} isHere=${isHere(one.place)} change=${one.place} testid=${`saved-${one.name}`} on=${moves(one, index)}>
    <button type="button" class="iconbtn s" aria-label=${t("Change {name}", { name: one.name })}
      onClick=${(event) => openMenu(event.currentTarget, one)}><${Icon} name="ellipsis" /></button><//>`;
  return html`<h2>${t("Saved")}</h2><ul class="saved" aria-describedby="saved-keys">${saved.value.map(row)}</ul>
    <p class="vh" id="saved-keys">${t("Shift with an arrow key moves a view.")}</p>`;
}
