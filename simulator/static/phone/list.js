// The list of phones, grouped by the business number each one writes to.
import { signal } from "@preact/signals";
import { html } from "./html.js";
import { Icon, IconButton } from "./icon.js";
import { Avatar } from "./avatar.js";
import { Tick } from "./tick.js";
import { chats, dialog, isFuture, link, minute, now, numbers, openKey, phones, place, settled, chatKey } from "./state.js";
import { arrows, COLUMN } from "./arrows.js";
import { addressOf } from "./route.js";
import { isLive, isRinging } from "./live-call.js";
import { memberNames } from "./group.js";
import { kindIcon, snippet } from "./words.js";
import { listTime } from "./when.js";

const PAGE = 80;
const walk = arrows(COLUMN, { wraps: false, stops: "input[type=search], .row" });
const query = signal("");
const shown = signal(PAGE);

const newGroup = () => { dialog.value = { name: "group" }; };
const openLink = () => { dialog.value = { name: "link" }; };
const newCustomer = () => { dialog.value = { name: "customer" }; };

export function PhoneList() {
  const groups = grouped();
  const isEmpty = settled.value && (!numbers.value.length || !phones.value.size);
  return html`<nav class="list" id="list" aria-label="Phones" onKeyDown=${walk}>
    <header>
      <h2>Phones</h2>
      <button class="btn small" type="button" data-testid="new-customer" aria-label="New customer" title="New customer"
        disabled=${!numbers.value.length} onClick=${newCustomer}>
        <${Icon} name="plus" />New
      </button>
      <${IconButton} name="qr-code" label="Open a link" class="small" disabled=${!numbers.value.length} onClick=${openLink} />
      <${IconButton} name="users" label="New group" class="small" disabled=${!numbers.value.length} onClick=${newGroup} />
    </header>
    ${phones.value.size > 5 || query.value ? html`<${Search} />` : null}
    ${groups.map((group) => html`<${Group} key=${group.id} ...${group} />`)}
    ${isEmpty ? html`<${Empty} />` : null}
    ${query.value && !groups.length ? html`<p class="hint">No phone matches “${query}”.</p>` : null}
    ${!settled.value && link.value !== "lost" ? html`<${Skeleton} />` : null}
    <footer>Each phone speaks its provider’s real protocol to Parley: signed webhooks one way, the send API the other.</footer>
  </nav>`;
}

function Search() {
  return html`<div class="search"><${Icon} name="search" />
    <input type="search" aria-label="Search phones" placeholder="Search name, number or text" value=${query} data-testid="phone-search"
      onInput=${(event) => { query.value = event.currentTarget.value; shown.value = PAGE; }} />
  </div>`;
}

function Empty() {
  return html`<div class="blank">
    <${Icon} name="smartphone" />
    ${numbers.value.length
      ? html`<p>No phones yet. Make a customer and write the first message.</p>
          <button class="btn primary" type="button" onClick=${newCustomer}>New customer</button>`
      : html`<p>No business number is known here yet. Connect a WhatsApp number in the console,
          or register one with <code>PUT /control/numbers/…</code>.</p>`}
  </div>`;
}

const Skeleton = () => html`<div class="ghosts" aria-hidden="true">${[1, 2, 3, 4].map((i) => html`<i key=${i} />`)}</div>`;

function Group({ id, number, rows }) {
  const visible = rows.slice(0, shown.value);
  return html`<div class="group" role="group" aria-labelledby=${`group-${id}`}>
    <h3 id=${`group-${id}`}>
      ${number ? html`<${Mark} kind=${number.kind} />` : null}
      <span class="name" dir="auto">${number ? number.verified_name : "Not yet written"}</span>
      ${number ? html`<span class="num">${number.display_phone_number}</span>` : null}
    </h3>
    <ul>${visible.map((row) => html`<${Row} key=${row.key} ...${row} />`)}</ul>
    ${rows.length > visible.length
      ? html`<button class="btn quiet small more" type="button" onClick=${() => { shown.value += PAGE; }}>Show more (${rows.length - visible.length})</button>`
      : null}
  </div>`;
}

function Mark({ kind }) {
  return kind === "telephone"
    ? html`<span class="mark sms"><${Icon} name="message-square" label="SMS and calls" /></span>`
    : html`<span class="mark whatsapp"><${Icon} name="message-circle" label="WhatsApp" /></span>`;
}

function Row({ channel, phone, chat, business }) {
  const isOpen = place.value.number === phone.number && place.value.channel === channel;
  const unread = chat?.unread ?? 0;
  return html`<li><a class="row" href=${addressOf(channel, phone.number)} aria-current=${isOpen ? "true" : null}
      data-testid=${`phone-${phone.number}`} data-channel=${channel} data-unread=${unread}>
    <${Avatar} name=${phone.name || phone.number} seed=${phone.number} />
    <b dir="auto">${phone.name || phone.display_number}</b>
    <time datetime=${chat?.last?.at}>${chat?.last ? listTime(chat.last.at, minute.value) : ""}</time>
    <span class="snip"><${Snippet} chat=${chat} business=${business} phone=${phone} /></span>
    ${phone.settings.offline ? html`<span class="flag">Offline</span>` : null}
    ${phone.group ? html`<span class="flag">Group</span>` : null}
    ${isLive(chat?.last) ? html`<span class="flag">${isRinging(chat.last) ? "Ringing" : "In call"}</span>` : null}
    ${unread && !phone.settings.offline ? html`<${Badge} count=${unread} />` : null}
  </a></li>`;
}

function Badge({ count }) {
  return html`<span class="badge"><span class="vh">, </span>${count > 99 ? "99+" : count}<span class="vh"> unread</span></span>`;
}

function Snippet({ chat, business, phone }) {
  if (chat?.typing_until && isFuture(chat.typing_until, now.value)) return html`<em>${business} is typing</em>`;
  if (!chat?.last) return html`<bdi class="num">${phone.group ? memberNames(phone.group) : phone.display_number}</bdi>`;
  const icon = chat.last.revoked_at ? "ban" : kindIcon(chat.last);
  return html`${chat.last.from_me && !chat.last.revoked_at ? html`<${Tick} status=${chat.last.status} />` : null}
    ${icon ? html`<${Icon} name=${icon} />` : null}<bdi dir="auto">${snippet(chat.last).slice(0, 120)}</bdi>`;
}

function grouped() {
  const groups = numbers.value.map((number) => ({ id: number.phone_number_id, number, rows: rowsOf(number) }));
  const silent = [...phones.value.values()].filter((phone) => !groups.some(({ rows }) => rows.some((row) => row.phone === phone)));
  const first = numbers.value[0];
  if (silent.length && first) {
    groups.push({ id: "silent", number: null, rows: silent.map((phone) => rowOf(first, phone, null)) });
  }
  return groups.map((group) => ({ ...group, rows: group.rows.filter(matches) })).filter(({ rows }) => rows.length);
}

// The chats of one business number, newest first; the open one is there even before its first message.
function rowsOf(number) {
  const channel = number.phone_number_id;
  const rows = [];
  for (const chat of chats.value.values()) {
    const phone = chat.channel === channel && phones.value.get(chat.number);
    if (phone && (chat.last || phone.group || openKey.value === chatKey(channel, chat.number))) rows.push(rowOf(number, phone, chat));
  }
  const open = place.value.channel === channel && phones.value.get(place.value.number);
  if (open && !chats.value.has(openKey.value)) rows.push(rowOf(number, open, null));
  const at = ({ chat }) => chat?.last?.at ?? "~";
  return rows.sort((a, b) => (at(a) < at(b) ? 1 : -1));
}

function rowOf(number, phone, chat) {
  const channel = number.phone_number_id;
  return { key: chatKey(channel, phone.number), channel, phone, chat, business: number.verified_name };
}

function matches({ phone, chat }) {
  const words = query.value.trim().toLocaleLowerCase();
  if (!words) return true;
  const digits = words.replace(/\D/g, "");
  return (phone.name || "").toLocaleLowerCase().includes(words) || (digits && phone.number.includes(digits)) ||
    snippet(chat?.last).toLocaleLowerCase().includes(words);
}
