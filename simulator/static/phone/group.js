// A group: who is in it, as whom one writes there, and the panel in which people come and go.
import { html } from "./html.js";
import { IconButton } from "./icon.js";
import { act } from "./outbox.js";
import { joinGroup, leaveGroup, suspendGroup } from "./api.js";
import { copy } from "./clipboard.js";
import { openPhone, phones } from "./state.js";
import { writeAs, writerIn } from "./writer.js";

/** The choice above the composer. */
export function WriteAs() {
  const { number, group } = openPhone.value;
  if (!group) return null;
  if (!group.members.length) return html`<p class="writeas">Nobody is in the group yet. Let somebody join, beside the phone.</p>`;
  const choose = ({ currentTarget }) => writeAs(number, currentTarget.value);
  return html`<label class="writeas">Writing as<select class="select" data-testid="write-as" onChange=${choose}>
    ${group.members.map((one) => html`<option key=${one.number} value=${one.number} selected=${one.number === writerIn(number)?.number}>${one.name}</option>`)}
  </select></label>`;
}

/** Names of those in a group, for the line under its name. */
export const memberNames = ({ members }) => members.map(({ name }) => name).join(", ") || "Nobody yet";

/** Who is in the group, who asks, and the ways in and out. */
export function Members({ group }) {
  const join = (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    act(joinGroup(group.id, Object.fromEntries(new FormData(form)))).then((done) => { if (done) form.reset(); });
  };
  const names = [...phones.value.values()].filter((phone) => !phone.group && !group.members.some(({ number }) => number === phone.number));
  return html`<section aria-labelledby="members">
    <div class="head2"><h2 id="members">Members</h2><button type="button" class="linkish to-end" onClick=${() => copy(group.invite_link, "Link copied")}>Copy the link</button></div>
    <ul class="members" data-testid="members">${group.members.map((one) => html`<${Member} key=${one.number} group=${group} person=${one} />`)}
      ${group.asking.map((one) => html`<li key=${one.id}><span dir="auto">${one.name}</span><small>asks to join</small></li>`)}</ul>
    <form class="failnext" onSubmit=${join}>
      <select class="select" name="from" aria-label="Who joins" data-testid="joiner">${names.map(({ number, name }) => html`<option key=${number} value=${number}>${name}</option>`)}</select>
      <button class="btn small" type="submit" disabled=${!names.length} data-testid="join">Join</button></form>
    <label class="set"><span class="l">Suspended<small>The provider lets nothing through</small></span>
      <input type="checkbox" class="switch" role="switch" checked=${group.suspended} onChange=${({ currentTarget }) => act(suspendGroup(group.id, currentTarget.checked))} /></label>
  </section>`;
}

function Member({ group, person }) {
  return html`<li><span dir="auto">${person.name}</span><small class="num">+${person.number}</small>
    <${IconButton} name="x" label=${`${person.name} leaves`} class="small" onClick=${() => act(leaveGroup(group.id, person.number))} /></li>`;
}
