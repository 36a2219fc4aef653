// Where an answer goes: the channels and addresses that reach a customer, which is chosen, what each one allows.
import { now, signal, t } from "./base.js";
import { channel, customer, directory, draft, thread } from "./store.js";

// Thread id → {channel, spot}: ids; until the customer writes from elsewhere
const picks = signal({});

/** The channel chosen for a conversation, or null. */
export const picked = (id) => picks.value[id]?.channel ?? null;

/** Answer a conversation on this channel; null: where the customer wrote last. spot: see placesOf, by default as before. */
export function pickPlace(id, channelId, spot = null) {
  if (!spot && picked(id) === channelId) return;
  // Held to, so that nobody moves it meanwhile
  const usual = () => thread(id).peek() && spotOf(id, channelId)?.spot;
  picks.value = { ...picks.peek(), [id]: channelId && { channel: channelId, spot: spot || usual() } };
}

const personOf = (id) => {
  const { customer: line } = thread(id).value;
  return customer(line.id).value || line;
};

/** Where one channel reaches them, as the server told, or by any address that it can write to. */
function placesOn({ addresses, places }, where) {
  const told = places?.filter((one) => one.channel_id === where.id) || [];
  const kinds = where.address_kinds || [];
  const place = (usable, spot, until) => ({
    // People can read a number
    channel: where, spot, until, address: usable.find((one) => one.kind === "phone") || usable[0],
  });
  if (told.length < 2) return [place(addresses.filter((one) => kinds.includes(one.kind)), null)];
  const known = ({ address_ids: ids }) => addresses.filter((one) => ids.includes(one.id));
  return told.map((one) => place(known(one), one.address_ids[0], one.window_until));
}

/** Every channel of the conversation's inbox that has an address of the customer, once for each person its provider
    knows them as: [{channel, address, spot, until}], where they wrote last first. spot: id of the address where there
    are several, until: when its window ends; both empty where there is one. */
export function placesOf(id) {
  const { inbox_id: inbox } = thread(id).value;
  const person = personOf(id);
  const ours = directory.value.channels.filter((one) => one.is_active && one.limits && one.inbox_id === inbox);
  return ours.flatMap((one) => placesOn(person, one)).filter(({ address }) => address);
}

/** The place of a channel that an answer goes to: the one chosen, or where they wrote last. */
export function spotOf(id, where = placeOf(id)) {
  const here = placesOf(id).filter((one) => one.channel.id === where);
  return here.find((one) => one.spot && one.spot === picks.value[id]?.spot) || here[0];
}

/** What the body of an answer says of where it goes. */
export function whereTo(id, where = placeOf(id)) {
  const spot = where && spotOf(id, where)?.spot;
  return { channel_id: where || null, ...(spot && { address_id: spot }) };
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
    its last four hours. place: of several on the channel; by default the one an answer goes to. */
export function windowOf(row, where, place = where && spotOf(row.id, where)) {
  const on = where || row.channel?.id;
  if (!channel(on)?.limits?.needs_template) return { isOpen: true, left: null, isSoon: false };
  const isUsual = on === row.channel?.id;
  const ends = place?.spot ? [place.until] : isUsual ? [row.window_until] : reachOf(row.id, on).map((one) => one.window_until);
  const until = Math.max(0, ...ends.map((end) => (end ? Date.parse(end) : 0)));
  // `now` is renewed twice a minute; a window just opened is 24 h
  const time = Math.max(now.value, Date.now());
  const left = until - time;
  return { isOpen: left > 0, left, isSoon: left > 0 && left < CLOSING_MS };
}
