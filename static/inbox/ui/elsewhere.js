// A chat that another app of the same number answers: who writes here takes it over, and should know.
import { Icon, html, t } from "../base.js";
import { timeline } from "../store.js";

const newest = (id) => timeline(id).value?.entries.findLast(({ type }) => type === "message")?.message;

export function Elsewhere({ id }) {
  return newest(id)?.content?.elsewhere && html`<p class="elsewhere" role="status" data-testid="elsewhere">
    <${Icon} name="info" /><span>${t("Another app answers here now. If you write, you take the chat over.")}</span></p>`;
}
