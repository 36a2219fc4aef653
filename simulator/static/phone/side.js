// The panel beside the phone: who it is, how it behaves, what went over the wire.
import { html } from "./html.js";
import { Icon, IconButton } from "./icon.js";
import { Behaviour } from "./behaviour.js";
import { Members } from "./group.js";
import { Wire } from "./wire.js";
import { dialog, links, minute, openChat, openPhone, place } from "./state.js";
import { go } from "./route.js";
import { windowWords } from "./when.js";

export function Side() {
  const phone = openPhone.value;
  const { channel, number } = place.value;
  const back = () => go(channel, number);
  const keys = ({ key }) => { if (key === "Escape" && place.value.side) back(); };
  return html`<aside class="side" id="side" aria-label="This phone" onKeyDown=${keys}>
    <header class="sidebar"><button class="btn quiet" type="button" onClick=${back}><${Icon} name="chevron-left" />Back to the chat</button></header>
    ${phone ? html`<${Who} phone=${phone} />` : null}
    ${phone?.group ? html`<${Members} group=${phone.group} />` : null}
    ${phone && !phone.group ? html`<${Behaviour} phone=${phone} />` : null}
    <${Wire} />
  </aside>`;
}

function Who({ phone }) {
  const { inbox } = links.value;
  const userId = phone.group ? null : (openChat.value?.user_id ?? phone.user_id);
  return html`<section aria-labelledby="who">
    <div class="head2"><h2 id="who" dir="auto">${phone.name || phone.display_number}</h2>
      ${phone.group ? null : html`<${IconButton} name="pencil" label="Rename" class="small" onClick=${() => { dialog.value = { name: "customer", phone }; }} />`}
      ${inbox ? html`<a class="to-end" href=${inbox}>Open in inbox</a>` : null}</div>
    <dl class="ids">
      ${phone.group ? html`<dt>Group</dt><dd><code>${phone.number}</code></dd>` : html`<dt>Number</dt><dd class="num">${phone.display_number}</dd>`}
      ${phone.username ? html`<dt>Username</dt><dd>@${phone.username}</dd>` : null}
      ${userId ? html`<dt>User id</dt><dd><code>${userId}</code></dd>` : null}
      <dt>Window</dt><dd>${windowWords(openChat.value?.window_until, minute.value)}</dd>
    </dl>
  </section>`;
}
