// Whether the open phone is in a call, whichever of its chats is open.
import { computed } from "@preact/signals";
import { chats, numbers, place } from "./state.js";

const RINGING = new Set(["queued", "initiated", "ringing"]);

export const isRinging = (message) => message?.kind === "call" && RINGING.has(message.content.call.status);

/** Does this message show a call that rings or runs? */
export const isLive = (message) => isRinging(message) || (message?.kind === "call" && message.content.call.status === "in-progress");

/** {call, business} of the open phone, or null. */
export const liveCall = computed(() => {
  for (const chat of chats.value.values()) {
    const business = chat.number === place.value.number && isLive(chat.last) && numbers.value.find((n) => n.phone_number_id === chat.channel);
    if (business) return { call: chat.last, business };
  }
  return null;
});
