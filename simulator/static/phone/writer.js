// As whom one writes in a group.
import { signal } from "@preact/signals";
import { phones } from "./state.js";

const chosen = signal(new Map()); // group's id → number of the member

/** The member one writes as in this group, null in any other chat. */
export function writerIn(number) {
  const members = phones.value.get(number)?.group?.members;
  return members ? (members.find((one) => one.number === chosen.value.get(number)) ?? members[0] ?? null) : null;
}

/** Write as another member from now on. */
export function writeAs(number, member) {
  chosen.value = new Map(chosen.value).set(number, member);
}
