// Blocking a person on one of our channels, and letting them back; each can be undone from its toast.
import { html, t, toast } from "../base.js";
import { oops } from "../actions.js";
import { put, remove } from "../server.js";
import { apply, channel } from "../store.js";

/** Block or unblock; the answer is the customer with what each channel allows. */
async function setBlocked(person, place, blocked, { quiet } = {}) {
  const path = `customers/${person.id}/blocks/${place.id}`;
  try {
    apply({ type: "loaded.customer", data: await (blocked ? put(path, {}) : remove(path)) });
  } catch (problem) { oops(problem); return; }
  if (quiet) return;
  const words = blocked ? t("Blocked on {channel}", { channel: place.name }) : t("No longer blocked on {channel}", { channel: place.name });
  toast(words, { action: { label: t("Undo"), run: () => setBlocked(person, place, !blocked, { quiet: true }) } });
}

/** One line for every channel that can block and reaches this person. */
export function Blocks({ person }) {
  const ids = [...new Set((person.reach || []).map((one) => one.channel_id))];
  const places = ids.map((id) => channel(id)).filter((place) => place?.can_block);
  const line = (place) => {
    const mine = person.reach.filter((one) => one.channel_id === place.id);
    const blocked = mine.some((one) => one.blocked);
    const error = mine.find((one) => one.block_error)?.block_error;
    const words = blocked ? t("Unblock on {channel}", { channel: place.name }) : t("Block on {channel}", { channel: place.name });
    return html`<div key=${place.id}>${error && html`<p class="muted" role="status">${error}</p>`}
      <button type="button" class="linkbtn" data-testid="block"
        onClick=${() => setBlocked(person, place, !blocked)}>${words}</button></div>`;
  };
  return places.length > 0 && html`<section><h3>${t("Blocking")}</h3>${places.map(line)}</section>`;
}
