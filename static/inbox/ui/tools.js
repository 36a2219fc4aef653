// Under the field of the composer: what can be put into an answer, how long it is, and sending it; its files.
import { Icon, figure, html, prefs, signal, t, useEffect, useRef } from "../base.js";
import { gapsIn } from "../actions.js";
import { hooks, tip } from "../commands.js";
import { detach, draftOf, retryFile } from "../drafts.js";
import { channelOf, slotOf } from "../places.js";
import { bytes } from "../text.js";
import { lazily } from "./layers.js";

function Tool({ name, icon, command, run, ...more }) {
  return html`<button type="button" class="iconbtn" aria-label=${name} title=${command ? tip(name, command) : name}
    onClick=${(event) => run(event.currentTarget)} ...${more}><${Icon} name=${icon} /></button>`;
}

// What counts texts, once a channel needs it
const counting = signal(null);
const count = () => import("./parts.js").then(({ Parts }) => { counting.value = { Parts }; }, () => setTimeout(count, 3000));
const later = lazily(() => import("./later.js"));
const offers = lazily(() => import("./offers.js"));
const emoji = lazily(() => import("./emoji.js"));

const recorder = lazily(() => import("./recorder.js"));
// {take, Recorder} once somebody has recorded
const recording = signal(null);
const record = (id) => recorder("record")(id).then((found) => { recording.value = found; });

/** onFiles: takes files for a reply; onTemplate: shows the templates; onSend: sends what was written. */
export function Tools({ id, mode, onSend, onFiles, onTemplate }) {
  const picker = useRef(null);
  const slot = slotOf(id, mode);
  const { text, files } = draftOf(id, slot).value;
  const where = channelOf(slot);
  const limits = where?.limits;
  const isNote = mode === "note";
  const canAttach = !isNote && Object.keys(limits?.files || {}).length > 0;
  const left = limits && !isNote ? limits.text_chars - text.length : 1000;
  const whyNot = isNote ? t("Notes carry no files") : t("{channel} carries no files", { channel: where?.label || t("This channel") });
  const onPicked = (event) => { onFiles(event.target.files); event.target.value = ""; };
  const name = t("Attach files");
  const places = (isNote ? [] : gapsIn(text)).join(", ");
  const canSpeak = !isNote && limits?.files?.voice;
  const canOffer = !isNote && limits?.offers?.length > 0;
  const offer = () => offers("openOffers")(id);
  const sign = (anchor) => emoji("openEmoji")(anchor, document.querySelector(".composer textarea"), hooks.insert);
  const wait = (anchor) => later("pickLater")(id, anchor);
  useEffect(() => { if (limits?.alphabet && !counting.peek()) count(); }, [limits?.alphabet]);
  // Only while they stand here, so that no command reaches a conversation left behind
  useEffect(() => {
    const hook = { emoji: sign, later: isNote ? null : wait, record: canSpeak ? () => record(id) : null, offers: canOffer ? offer : null };
    Object.assign(hooks, hook);
    return () => Object.keys(hook).forEach((key) => { hooks[key] = null; });
  });
  if (canSpeak && recording.value?.take.value?.id === id) return html`<${recording.value.Recorder} id=${id} />`;
  return html`<div class="tools">
    <${Tool} name=${name} icon="paperclip" disabled=${!canAttach} title=${canAttach ? name : whyNot} run=${() => picker.current.click()} />
    <input ref=${picker} type="file" multiple hidden data-testid="attach-input" onChange=${onPicked} />
    ${!isNote && limits?.needs_template && html`<${Tool} name=${t("Send a template")} icon="layout-template" command="template" run=${onTemplate} />`}
    <${Tool} name=${t("Emoji")} icon="smile" command="emoji" run=${sign} data-testid="pick-emoji" />
    ${canSpeak && html`<${Tool} name=${t("Record a voice note")} icon="mic" command="record" run=${() => record(id)} data-testid="record" />`}
    ${canOffer && html`<${Tool} name=${t("Send something else")} icon="plus" command="offers" run=${offer} data-testid="offers" />`}
    <${Tool} name=${t("Run a macro")} icon="zap" command="macro" run=${(anchor) => hooks.macro(id, anchor)} data-testid="macros" />
    ${places && html`<span class="left bad" data-testid="gaps">${t("Fill in {places}", { places })}</span>`}
    ${!isNote && limits?.alphabet && counting.value && html`<${counting.value.Parts} text=${text.trim()} alphabet=${limits.alphabet} />`}
    ${left < 200 && html`<span class=${`left ${left < 0 ? "bad" : ""}`}>${figure(left)}</span>`}
    <span class="end">${!isNote && html`<${Tool} name=${t("Send later")} icon="alarm-clock" command="later" run=${wait} data-testid="later"
      disabled=${!text.trim() && !files.length} />`}
    <button type="button" class="btn primary" data-testid="send" onClick=${onSend}>${isNote ? t("Add note") : t("Send")}
      <kbd>${prefs.value.enter ? "↵" : "⌃↵"}</kbd></button></span></div>`;
}

// ---------------------------------------------------------------- a file on its way up

/** A file in the composer: what it is, how far it got, what can be done. */
export function FileChip({ id, slot, file: { uid, name, size, kind, state, progress, thumb, problem, attachment, file } }) {
  const picture = thumb || (kind === "image" && attachment?.preview_url);
  const isUp = state === "uploading";
  const percent = t("{n} % of {size}", { n: Math.round(progress * 100), size: bytes(size) });
  const words = { uploading: percent, ready: bytes(size), failed: problem }[state];
  const button = (word, icon, run) => html`<button type="button" class="iconbtn s" aria-label=${word} title=${word}
    onClick=${run}><${Icon} name=${icon} /></button>`;
  const off = isUp ? t("Cancel upload of {name}", { name }) : t("Remove {name}", { name });
  return html`<li class=${`file ${state}`} data-testid="file-chip" data-state=${state}>
    ${picture ? html`<img src=${picture} alt="" />` : html`<span class="doc-icon"><${Icon} name="file-text" /></span>`}
    <span class="file-words"><b dir="auto">${name}</b><small>${words}</small></span>
    ${isUp && html`<progress value=${progress} max="1" aria-label=${t("Uploading {name}", { name })}></progress>`}
    ${state === "failed" && file && button(t("Upload again"), "refresh-cw", () => retryFile(id, slot, uid))}
    ${button(off, "x", () => detach(id, slot, uid))}</li>`;
}
