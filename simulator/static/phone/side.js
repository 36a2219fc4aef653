// The panel beside the phone: who it is, how it behaves, what went over the wire.
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Behaviour } from "./behaviour.js";
import { Wire } from "./wire.js";
import { dialog, links, minute, openChat, openPhone, place } from "./state.js";
import { go } from "./route.js";
import { windowWords } from "./when.js";

export function Side() {
  const phone = openPhone.value;
  const { channel, number } = place.value;
  return html`<aside class="side" id="side" aria-label="This phone" onKeyDown=${(event) => { if (event.key === "Escape" && place.value.side) go(channel, number); }}>
    <header class="sidebar"><button class="icon" type="button" aria-label="Back to the chat" onClick=${() => go(channel, number)}><${Icon} name="chevron-left" /></button><p>Back to the chat</p></header>
    ${phone ? html`<${Who} phone=${phone} /><${Behaviour} phone=${phone} />` : null}
    <${Wire} />
  </aside>`;
}

function Who({ phone }) {
  const { inbox } = links.value;
  const hasChat = openChat.value?.last;
  return html`<section aria-labelledby="who">
    <div class="head2"><h2 id="who" dir="auto">${phone.name || phone.display_number}</h2>
      <button class="icon small" type="button" aria-label="Rename" onClick=${() => { dialog.value = { name: "customer", phone }; }}><${Icon} name="pencil" /></button>
      ${inbox ? html`<a class="to-end" href=${inbox}>Open in inbox</a>` : null}</div>
    <dl class="ids">
      <dt>Number</dt><dd class="num">${phone.display_number}</dd>
      ${phone.username ? html`<dt>Username</dt><dd>@${phone.username}</dd>` : null}
      ${openChat.value?.user_id ?? phone.user_id ? html`<dt>User id</dt><dd><code>${openChat.value?.user_id ?? phone.user_id}</code></dd>` : null}
      <dt>Window</dt><dd>${hasChat || openChat.value?.window_until ? windowWords(openChat.value?.window_until, minute.value) : "closed: nothing written yet"}</dd>
    </dl>
  </section>`;
}
