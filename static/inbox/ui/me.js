// The menu under one's name: preferences of this browser, the ways to other pages.
import { Icon, html, prefs, setPref, t, useState } from "../base.js";
import { token } from "../server.js";
import { session } from "../store.js";
import { WAYS, availabilityOf, choose } from "../availability.js";
import { oops } from "../actions.js";
import { openPopover } from "./layers.js";

/** One preference with its few values: [value, word, icon?]. */
function Choice({ name, pref, options }) {
  const button = ([value, word, icon]) => html`<button type="button" key=${word} role="radio" title=${word}
    aria-checked=${prefs.value[pref] === value} aria-label=${word} onClick=${() => setPref(pref, value)}>
    ${icon ? html`<${Icon} name=${icon} />` : word}</button>`;
  return html`<div class="choice" role="radiogroup" aria-label=${name}><span>${name}</span>
    <span class="seg">${options.map(button)}</span></div>`;
}

/** Whether one takes work, and how many open conversations at most. It has its place before that is known, so that
    nothing moves under the pointer. */
function Work({ id }) {
  const row = availabilityOf(id) || {};
  const isUnknown = !row.chosen;
  const [typed, setTyped] = useState(null); // stays while other news of this member come
  const change = (body) => choose({ chosen: row.chosen, ...body }).catch(oops);
  const button = ([way, word]) => html`<button type="button" key=${way} role="radio" data-testid=${`way-${way}`}
    aria-checked=${row.chosen === way} disabled=${isUnknown} onClick=${() => change({ chosen: way })}>${word()}</button>`;
  const onChange = async ({ target }) => {
    await change({ capacity: Math.max(0, Math.min(1000, Math.round(Number(target.value)) || 0)) });
    setTyped(null);
  };
  return html`<div class="choice" role="radiogroup" aria-label=${t("Availability")}><span>${t("Availability")}</span>
      <span class="seg">${Object.entries(WAYS).map(button)}</span></div>
    <label class="choice"><span>${t("Open conversations at most")}</span>
      <input type="number" min="0" max="1000" inputmode="numeric" data-testid="capacity" value=${typed ?? row.capacity}
        disabled=${isUnknown} onInput=${({ target }) => setTyped(target.value)} onChange=${onChange} /></label>`;
}

/** In which language one reads the pages. The answer is this page anew, so it is a form like any other. */
function Language() {
  const { chosen, all } = JSON.parse(document.getElementById("languages").textContent);
  const option = ([code, name]) => html`<option value=${code} lang=${code || null} selected=${code === chosen}>${name}</option>`;
  return html`<form method="post" action="/accounts/language/"><input type="hidden" name="csrfmiddlewaretoken" value=${token()} />
    <input type="hidden" name="next" value=${location.pathname + location.search} />
    <label class="choice"><span>${t("Language")}</span><select name="language" data-testid="language"
      onChange=${(event) => event.target.form.requestSubmit()}>${[["", t("Like the browser")], ...all].map(option)}</select></label></form>`;
}

function Me() {
  const { me, phone_url: phone } = session.value;
  const themes = [
    ["system", t("Like the system"), "monitor"], ["light", t("Light"), "sun"], ["dark", t("Dark"), "moon"],
  ];
  const link = (to, icon, word) => html`<a href=${to}><${Icon} name=${icon} />${word}</a>`;
  return html`<div class="me-menu"><p><b>${me.name}</b><small>${me.email}</small></p>
    <${Work} id=${me.id} /><${Language} /><${Choice} name=${t("Theme")} pref="theme" options=${themes} />
    <${Choice} name=${t("Density")} pref="density" options=${[["comfortable", t("Comfortable")], ["compact", t("Compact")]]} />
    <${Choice} name=${t("Text size")} pref="size" options=${[["small", t("Small")], ["normal", t("Normal")], ["large", t("Large")]]} />
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
