// What whoever answers should know first: another app answers here, or it may be somebody else who writes.
import { Icon, html, now, t, useEffect } from "../base.js";
import { oops } from "../actions.js";
import { placeOf } from "../places.js";
import { put } from "../server.js";
import { apply, channel, customer, thread, timeline } from "../store.js";
import { full, whoIs } from "../text.js";
import { loadCustomer } from "../timelines.js";

/** A chat that another app of the same number answers: who writes here takes it over. */
function Elsewhere({ id }) {
  const newest = timeline(id).value?.entries.findLast(({ type }) => type === "message")?.message;
  return newest?.content?.elsewhere && html`<p class="elsewhere" role="status" data-testid="elsewhere">
    <${Icon} name="info" /><span>${t("Another app answers here now. If you write, you take the chat over.")}</span></p>`;
}

async function confirm(personId, where) {
  try {
    apply({ type: "loaded.customer", data: await put(`customers/${personId}/identities/${where}`, {}) });
  } catch (problem) { oops(problem); }
}

/** Another phone answers under the same address: nothing leaves until somebody has made sure who it is. */
function Identity({ id }) {
  const { customer: line } = thread(id).value;
  const where = placeOf(id);
  const news = timeline(id).value?.entries.findLast(({ event }) => event?.type.startsWith("thread.identity"))?.id;
  useEffect(() => { if (news) loadCustomer(line.id); }, [news]);
  const isUnsure = customer(line.id).value?.reach?.some((one) => one.channel_id === where && one.identity_changed_at);
  if (!isUnsure) return null;
  const words = { name: whoIs(line), channel: channel(where)?.label };
  return html`<div class="held" role="alert" data-testid="identity"><${Icon} name="triangle-alert" />
    <span>${t("The security code of {name} on {channel} changed: a new phone, or somebody else. Messages wait until you have made sure who it is.", words)}</span>
    <button type="button" class="btn s" data-testid="confirm-identity" onClick=${() => confirm(line.id, where)}>
      ${t("It is the same person")}</button></div>`;
}

/** Whoever came by an ad can be written to for some days at no cost, as the provider tells with each message's price. */
function Free({ id }) {
  const told = timeline(id).value?.entries.map(({ message }) => message?.pricing?.free_until || "") || [];
  const known = customer(thread(id).value.customer.id).value?.reach?.filter((one) => one.channel_id === placeOf(id)) || [];
  const until = [...told, ...known.map((one) => one.free_until || "")].reduce((a, b) => (a > b ? a : b), "");
  return Date.parse(until) > now.value && html`<p class="elsewhere" data-testid="free"><${Icon} name="coins" />
    <span>${t("Writing to them costs nothing until {time}: they came by an ad.", { time: full(until) })}</span></p>`;
}

export const Hints = ({ id }) => html`<${Elsewhere} id=${id} /><${Identity} key=${id} id=${id} /><${Free} id=${id} />`;
