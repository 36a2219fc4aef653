// The menu under one's name: preferences of this browser, the ways to other pages.
import { Icon, html, prefs, setPref, t } from "../base.js";
import { session } from "../store.js";
import { openPopover } from "./layers.js";

/** One preference with its few values: [value, word, icon?]. */
function Choice({ name, pref, options }) {
  const button = ([value, word, icon]) => html`<button type="button" key=${word} role="radio" title=${word}
    aria-checked=${prefs.value[pref] === value} aria-label=${word} onClick=${() => setPref(pref, value)}>
    ${icon ? html`<${Icon} name=${icon} />` : word}</button>`;
  return html`<div class="choice" role="radiogroup" aria-label=${name}><span>${name}</span>
    <span class="seg">${options.map(button)}</span></div>`;
}

function Me() {
  const { me, phone_url: phone } = session.value;
  const themes = [
    ["system", t("Like the system"), "monitor"], ["light", t("Light"), "sun"], ["dark", t("Dark"), "moon"],
  ];
  const link = (to, icon, word) => html`<a href=${to}><${Icon} name=${icon} />${word}</a>`;
  return html`<div class="me-menu"><p><b>${me.name}</b><small>${me.email}</small></p>
    <${Choice} name=${t("Theme")} pref="theme" options=${themes} />
    <${Choice} name=${t("Enter key")} pref="enter" options=${[[true, t("Sends")], [false, t("New line")]]} />
    <${Choice} name=${t("Letter shortcuts")} pref="keys" options=${[[true, t("On")], [false, t("Off")]]} />
    <${Choice} name=${t("After closing")} pref="after" options=${[["next", t("Next")], ["previous", t("Previous")],
      ["stay", t("Stay")]]} />
    <${Choice} name=${t("Undo send")} pref="undo" options=${[[0, t("Off")], [5, t("5 s")], [10, t("10 s")]]} />
    ${link("/console/", "settings", t("Console"))}${phone && link(phone, "phone", t("Demo phone"))}
    ${link("/accounts/logout/", "log-out", t("Sign out"))}</div>`;
}

export function openMe(anchor) {
  openPopover(anchor, session.peek().me.name, () => html`<${Me} />`);
}
