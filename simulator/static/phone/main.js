// Start of the phone page: draws the panes, connects, keeps title and address in step.
import { render } from "preact";
import { effect, untracked } from "@preact/signals";
import { html } from "./html.js";
import { Bar } from "./bar.js";
import { PhoneList } from "./list.js";
import { Stage } from "./device.js";
import { Side } from "./side.js";
import { Dialogs } from "./dialogs.js";
import { notice, spoken } from "./announce.js";
import { connect } from "./feed.js";
import { watchAddress } from "./route.js";
import { enter, look } from "./threads.js";
import { chats, openKey, openNumber, openPhone, place, settled } from "./state.js";
import { movePane } from "./panes.js";

function Page() {
  const { number, side } = place.value;
  return html`
    <a class="skip" href="#phone" onClick=${skip}>Skip to the phone</a>
    <div class=${`sim ${number ? "at-chat" : "at-list"} ${side ? "at-side" : ""}`}>
      <${Bar} /><${PhoneList} /><${Stage} /><${Side} />
    </div>
    <${Dialogs} />
    ${notice.value ? html`<p class="toast" key=${notice.value.id}>${notice.value.text}</p>` : null}
    <p class="vh" role="status" aria-live="polite">${spoken.value}</p>`;
}

// The address bar holds the open chat, so the link must not change it.
function skip(event) {
  event.preventDefault();
  (document.getElementById("composer") ?? document.querySelector("#phone button"))?.focus();
}

function unreadCount() {
  let count = 0;
  for (const chat of chats.value.values()) count += chat.unread ?? 0;
  return count;
}

watchAddress();
render(html`<${Page} />`, document.body);
connect();

effect(() => {
  const isAtChat = settled.value && openKey.value && openNumber.value;
  untracked(isAtChat ? enter : look);
});
effect(() => {
  const count = unreadCount();
  document.title = `${count ? `(${count}) ` : ""}${openPhone.value ? `${openPhone.value.name} · ` : ""}Phone`;
});
document.addEventListener("visibilitychange", look);
document.addEventListener("keydown", movePane);
