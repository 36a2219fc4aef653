// Blocking a person on one of our channels, and letting them back; each can be undone from its toast.
import { html, t, toast } from "../base.js";
import { oops } from "../actions.js";
import { put, remove } from "../server.js";
import { apply, channel, thread } from "../store.js";

/** Block or unblock; the answer is the customer with what each channel allows. */
async function setBlocked(person, where, blocked, { isQuiet } = {}) {
  const path = `customers/${person.id}/blocks/${where.id}`;
  try {
    apply({ type: "loaded.customer", data: await (blocked ? put(path, {}) : remove(path)) });
  } catch (problem) { oops(problem); return; }
  if (isQuiet) return;
  const words = { name: where.name };
  const said = blocked ? t("Blocked on {name}", words) : t("No longer blocked on {name}", words);
  const undo = () => setBlocked(person, where, !blocked, { isQuiet: true });
  toast(said, { action: { label: t("Undo"), run: undo } });
}

/** One channel: what is so, what the provider said to it, and the way to change it. */
function Place({ person, where }) {
  const mine = (person.reach || []).filter((one) => one.channel_id === where.id);
  const isBlocked = mine.some((one) => one.blocked);
  const error = mine.find((one) => one.block_error)?.block_error;
  const words = { name: where.name };
  return html`<div class="block-place">${isBlocked && html`<p>${t("Blocked on {name}: nothing is sent there.", words)}</p>`}
    ${error && html`<p class="muted" role="status">${error}</p>`}
    <button type="button" class="linkbtn" data-testid="block" aria-pressed=${isBlocked}
      onClick=${() => setBlocked(person, where, !isBlocked)}>
      ${isBlocked ? t("Unblock on {name}", words) : t("Block on {name}", words)}</button></div>`;
}

/** Every channel that reaches this person and can block, that of the conversation among them. */
export function Blocks({ id, person }) {
  const reached = (person.reach || []).map((one) => one.channel_id);
  const ids = [...new Set([...reached, thread(id).value.channel?.id])];
  const places = ids.map((id) => channel(id)).filter((where) => where?.can_block);
  return places.length > 0 && html`<section data-testid="blocks"><h3>${t("Blocking")}</h3>
    ${places.map((where) => html`<${Place} key=${where.id} person=${person} where=${where} />`)}</section>`;
}
