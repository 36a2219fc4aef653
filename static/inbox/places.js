// Where an answer goes: the channels that reach a customer, which of them is chosen, and what each one allows.
import { now, signal, t } from "./base.js";
import { channel, customer, directory, draft, thread } from "./store.js";

const picks = signal({}); // thread id → channel id; until the customer writes on another channel

/** The channel chosen for a conversation, or null. */
export const picked = (id) => picks.value[id] ?? null;

/** Answer a conversation on this channel; null: where the customer wrote last. */
export function pickPlace(id, channelId) {
  if ((picks.peek()[id] ?? null) !== channelId) picks.value = { ...picks.peek(), [id]: channelId };
}

const personOf = (id) => {
  const { customer: line } = thread(id).value;
  return customer(line.id).value || line;
};

/** An address of theirs that a channel can write to; a number, which people can read, before all others. */
function addressOf({ addresses }, { address_kinds: kinds = [] }) {
  const usable = addresses.filter((one) => kinds.includes(one.kind));
  return usable.find((one) => one.kind === "phone") || usable[0];
}

/** Every channel of the conversation's inbox that has an address of the customer: [{channel, address}]. */
export function placesOf(id) {
  const { inbox_id: inbox } = thread(id).value;
  const person = personOf(id);
  const ours = directory.value.channels.filter((one) => one.is_active && one.limits && one.inbox_id === inbox);
  return ours.map((one) => ({ channel: one, address: addressOf(person, one) })).filter(({ address }) => address);
}

/** Id of the channel an answer goes to: the chosen one, one whose draft waits, the one the customer used last. */
export function placeOf(id) {
  const chosen = picked(id);
  const usual = thread(id).value?.channel?.id || "";
  if (chosen) return chosen;
  const waits = (where) => draft(id, `reply.${where}`).value?.text;
  if (waits(usual)) return usual;
  return directory.value.channels.find((one) => one.is_active && waits(one.id))?.id || usual;
}

/** Under which name a draft is kept: "note", or "reply." and its channel. */
export const slotOf = (id, mode) => (mode === "note" ? "note" : `reply.${placeOf(id)}`);
export const channelOf = (slot) => channel(slot.slice("reply.".length));

const reachOf = (id, where) => (personOf(id).reach || []).filter((one) => one.channel_id === where);

/** Why nothing can go to this customer on a channel, or "". */
export function barred(id, { id: key, limits, label }) {
  const reach = reachOf(id, key);
  const words = { channel: label };
  if (limits && !limits.converses) return t("{channel} carries no written answers", words);
  if (reach.some((one) => one.blocked)) return t("The customer is blocked on {channel}", words);
  const isOut = limits?.opt_out_stops_all && reach.some((one) => one.consent === "opted_out");
  return isOut ? t("The customer opted out of messages on {channel}", words) : "";
}

const CLOSING_MS = 4 * 3_600_000;

/** May a free reply go on a channel now, and for how many ms more? left: null where it has no such rule; isSoon: in
    its last four hours. */
export function windowOf(row, where = row.channel?.id) {
  if (!channel(where)?.limits?.needs_template) return { isOpen: true, left: null, isSoon: false };
  const isUsual = where === row.channel?.id;
  const ends = isUsual ? [row.window_until] : reachOf(row.id, where).map((one) => one.window_until);
  const until = Math.max(0, ...ends.map((end) => (end ? Date.parse(end) : 0)));
  const time = Math.max(now.value, Date.now()); // `now` is renewed twice a minute; a window just opened is 24 h
  const left = until - time;
  return { isOpen: left > 0, left, isSoon: left > 0 && left < CLOSING_MS };
}

/** How a text is cut on a channel that counts parts: {parts, left, isWide}. A character is never cut in two. */
export function partsOf(text, { characters, of_two, single, joined, wide_single, wide_joined }) {
  const all = [...text];
  const isWide = all.some((one) => !characters.includes(one) && !of_two.includes(one));
  const units = all.map((one) => (isWide ? one.length : of_two.includes(one) ? 2 : 1));
  const [most, each] = isWide ? [wide_single, wide_joined] : [single, joined];
  const whole = units.reduce((sum, one) => sum + one, 0);
  if (whole <= most) return { parts: whole ? 1 : 0, left: most - whole, isWide };
  let [parts, used] = [1, 0];
  for (const one of units) {
    if (used + one > each) [parts, used] = [parts + 1, 0];
    used += one;
  }
  return { parts, left: each - used, isWide };
}
