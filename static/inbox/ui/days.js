// Going to a day of the conversation.
import { html, t, toast, useState } from "../base.js";
import { jumpToDay } from "../timelines.js";
import { closeLayer, openPopover } from "./layers.js";

function Day({ id }) {
  const [day, setDay] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    closeLayer();
    if (!await jumpToDay(id, new Date(`${day}T00:00`))) toast(t("Nothing was said on that day or later."));
  };
  return html`<form class="snooze-date" onSubmit=${submit}><label>${t("Day")}<input type="date" required autofocus value=${day}
    onInput=${({ target }) => setDay(target.value)} data-testid="day" /></label>
    <button class="btn primary" disabled=${!day}>${t("Go")}</button></form>`;
}

export function openDay(anchor, id) {
  openPopover(anchor, t("Go to a day"), () => html`<${Day} id=${id} />`);
}
