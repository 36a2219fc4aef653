// Writing after the reply window has closed without a template, where the channel may: a short text about something the customer knows of.
import { Icon, announce, figure, html, t, toast, useEffect } from "../base.js";
import { clearDraft, draftOf } from "../drafts.js";
import { hooks } from "../commands.js";
import { send } from "../outbox.js";
import { slotOf, whereTo } from "../places.js";
import { Field } from "./field.js";

const complain = (why) => { toast(why, { tone: "danger" }); announce(why); };

/** where: the channel, with its `direct` rule. onBack: to the templates. */
export function DirectForm({ id, where, onBack }) {
  const slot = slotOf(id, "reply");
  const { text, seen: seen_message_id } = draftOf(id, slot).value;
  const left = where.direct.text_chars - text.trim().length;
  const submit = () => {
    const words = text.trim();
    if (!words) return;
    if (left < 0) { complain(t("At most {n} characters can go without a template.", { n: where.direct.text_chars })); return; }
    send(id, "reply", { text: words, category: where.direct.categories[0], ...whereTo(id, where.id), seen_message_id });
    clearDraft(id, slot);
  };
  useEffect(() => hooks.focusComposer?.(), []);
  useEffect(() => { // the composer's own would send it as a usual answer
    const { send: usual } = hooks;
    hooks.send = submit;
    return () => { if (hooks.send === submit) hooks.send = usual; };
  });
  const words = t("Write about an order, a booking or an account");
  return html`<div class="template-picker direct" data-testid="direct"><p class="template-why"><${Icon} name="lock" />
      <span>${t("Goes without a template and costs as a utility message. No advertising: the provider blocks numbers for it.")}</span></p>
    <${Field} key=${`${id}:${slot}:direct`} id=${id} mode="reply" slot=${slot} onSend=${submit} onFiles=${() => {}}
      placeholder=${words} aria-label=${words} />
    <div class="tools"><button type="button" class="btn quiet" data-testid="to-templates" onClick=${onBack}>
        <${Icon} name="layout-template" />${t("Choose a template")}</button>
      ${left < 200 && html`<span class=${`left ${left < 0 ? "bad" : ""}`}>${figure(left)}</span>`}
      <span class="end"><button type="button" class="btn primary" data-testid="send" onClick=${submit}>${t("Send")}</button></span></div></div>`;
}
