// What the page knows, as signals. Server-owned state is written in apply.js and nowhere else.
import { computed, signal } from "@preact/signals";

export const link = signal("connecting"); // connecting | live | lost
export const settled = signal(false); // the first state has arrived
export const numbers = signal([]); // business numbers, as in GET /phone/state
export const phones = signal(new Map()); // number → {number, name, user_id, username, settings}
export const chats = signal(new Map()); // "channel/number" → {channel, number, last, unread, window_until, typing_until}
export const threads = signal(new Map()); // "channel/number" → {list: [Message] oldest first, hasMore, phase}
export const voiceCalls = signal(new Map()); // id → Message of a call by WhatsApp
export const wire = signal([]); // newest first
export const links = signal({}); // inbox_url, console_url, phone_url

export const place = signal({ channel: null, number: null, side: false }); // the address bar
export const missing = signal(null); // a chat whose phone does not exist
export const watched = signal(null); // the chat a person looks at: open, and the page visible
export const now = signal(Date.now());
export const minute = computed(() => now.value - (now.value % 60000)); // for words that change slowly
export const dialog = signal(null); // {name, …props} of the open dialog
export const drafts = signal(new Map()); // "channel/number" → {text, quote, edit, files}

/** The key of one chat: a business number and a phone. */
export const chatKey = (channel, number) => `${channel}/${number}`;

export const openKey = computed(() => (place.value.number ? chatKey(place.value.channel, place.value.number) : null));
export const openChat = computed(() => chats.value.get(openKey.value) ?? null);
export const openPhone = computed(() => phones.value.get(place.value.number) ?? null);
export const openNumber = computed(() => numbers.value.find((n) => n.phone_number_id === place.value.channel) ?? null);
export const openThread = computed(() => threads.value.get(openKey.value) ?? null);
export const isTyping = computed(() => Boolean(openChat.value?.typing_until) && isFuture(openChat.value.typing_until, now.value));
export const isOffline = computed(() => openPhone.value?.settings.offline ?? false);

/** Whether an ISO time lies ahead of `at` (milliseconds). */
export function isFuture(iso, at) {
  return Boolean(iso) && Date.parse(iso) > at;
}

/** The message with this id in a chat, or undefined. */
export function findMessage(key, id) {
  return threads.value.get(key)?.list.find((m) => m.id === id);
}

setInterval(() => { now.value = Date.now(); }, 1000);
