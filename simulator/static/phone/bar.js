// The bar on top: what this page is, and the ways out of it.
import { html } from "./html.js";
import { Icon, IconButton } from "./icon.js";
import { ThemeButton } from "./theme.js";
import { dialog, link, links, openKey, place } from "./state.js";
import { go } from "./route.js";

export function Bar() {
  const { inbox, console: admin } = links.value;
  return html`<header class="top"><h1 class="vh">Phone: the simulator’s customers</h1><div class="bar">
    <div class="brand"><img src="/static/phone/icon.svg" alt="" width="22" height="22" /><b>Phone</b></div>
    ${link.value === "lost"
      ? html`<p class="tagline lost"><${Icon} name="cloud-off" />No answer from the simulator<span>. Trying again; what you write waits.</span></p>`
      : html`<p class="tagline">Simulator<span>: nothing here reaches a real phone</span></p>`}
    <div class="end">
      <button class="btn qr" type="button" onClick=${() => { dialog.value = { name: "reach" }; }}>
        <${Icon} name="qr-code" /><span>Open on your phone</span></button>
      ${inbox ? html`<a class="btn" href=${inbox}><${Icon} name="inbox" /><span>Inbox</span></a>` : null}
      ${admin ? html`<a class="btn quiet" href=${admin}>Console</a>` : null}
      <${ThemeButton} />
      ${openKey.value ? html`<${SideButton} />` : null}
    </div>
  </div></header>`;
}

// Between 800 and 1199 px the controls are a drawer, opened here.
function SideButton() {
  const { channel, number, side } = place.value;
  return html`<${IconButton} name="sliders-horizontal" label="How this phone behaves" class="sidebutton"
    aria-expanded=${String(side)} aria-controls="side" onClick=${() => go(channel, number, !side)} />`;
}
