// What one is told of, and how: the panel behind the bell, loaded when first opened.
import { html, t } from "../base.js";
import { choose, places, ring, settings } from "../alerts.js";
import { openPopover } from "./layers.js";

const KINDS = {
  mention: () => t("Mentions of me"), assigned: () => t("Conversations given to me"), call: () => t("Incoming calls"),
};
const LEVELS = { "": () => t("Nothing"), messages: () => t("Messages"), all: () => t("Everything") };

/** How much one hears of what stands in a view. */
function View({ place: { key, label } }) {
  const now = settings.value.views[key] || "";
  const onChange = ({ target }) => choose({ views: { ...settings.peek().views, [key]: target.value } });
  const option = ([level, words]) => html`<option key=${level} value=${level} selected=${level === now}>${words()}</option>`;
  return html`<label><span dir="auto">${label}</span><select data-testid=${`tell-${key}`} onChange=${onChange}>
    ${Object.entries(LEVELS).map(option)}</select></label>`;
}

function Desktop() {
  const { desktop } = settings.value;
  const state = "Notification" in window ? Notification.permission : "denied";
  const turn = async ({ target }) => {
    const isOn = target.checked && await Notification.requestPermission() === "granted";
    choose({ desktop: isOn });
  };
  return html`<label><input type="checkbox" checked=${desktop} disabled=${state === "denied"} onChange=${turn} />
    ${t("Notices on the desktop")}</label>
    ${state === "denied" && html`<p class="alert-said">${t("This browser does not allow them. Its site settings can.")}</p>`}`;
}

function Settings() {
  const now = settings.value;
  const box = (name, words) => html`<label><input type="checkbox" checked=${now[name]}
    onChange=${({ target }) => choose({ [name]: target.checked })} /> ${words}</label>`;
  const time = (name, words) => html`<label>${words} <input type="time" value=${now[name]}
    onChange=${({ target }) => target.value && choose({ [name]: target.value })} /></label>`;
  return html`<div class="alerts" data-testid="alerts"><fieldset><legend>${t("Tell me about")}</legend>
      ${Object.entries(KINDS).map(([name, words]) => box(name, words()))}</fieldset>
    <fieldset aria-describedby="tell-said"><legend>${t("What happens in a view")}</legend>
      <p class="alert-said" id="tell-said">${t("Everything is also what colleagues answer, and when a conversation is closed, snoozed or opened again.")}</p>
      ${places().map((place) => html`<${View} key=${place.key} place=${place} />`)}</fieldset>
    <fieldset><legend>${t("How")}</legend><${Desktop} />${box("sound", t("A sound"))}
      <label>${t("Volume")} <input type="range" min="0" max="1" step="0.1" value=${now.volume} disabled=${!now.sound}
        onChange=${({ target }) => { choose({ volume: Number(target.value) }); ring(Number(target.value)); }} /></label></fieldset>
    <fieldset><legend>${t("Quiet hours")}</legend>${box("quiet", t("Tell me nothing"))}
      ${now.quiet && html`${time("from", t("from"))}${time("to", t("to"))}`}</fieldset></div>`;
}

export function openAlerts(anchor) {
  openPopover(anchor, t("Alerts"), () => html`<${Settings} />`);
}
