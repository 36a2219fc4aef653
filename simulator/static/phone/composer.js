// Where a message is written: text, emoji, files by button, camera, paste or drop, location, voice.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon, IconButton } from "./icon.js";
import { act, send } from "./outbox.js";
import { apply } from "./apply.js";
import { postMessage } from "./api.js";
import { draftNow, focusComposer, setDraft, startEdit, startReply } from "./drafts.js";
import { dialog, openKey, openNumber, openThread, place } from "./state.js";
import { EmojiButton } from "./emoji-picker.js";
import { AttachMenu } from "./attach-menu.js";
import { addFiles } from "./staged.js";
import { QuoteText } from "./quote.js";
import { Recorder } from "./recorder.js";
import { openMenu } from "./menu.js";
import { WriteAs } from "./group.js";
import { Commands } from "./openers.js";

const TEXT_MAX = 65536; // what WhatsApp's own clients let a person type
const COUNT_FROM = 60000;

export function Composer() {
  return html`<${ComposerOf} key=${openKey.value} />`;
}

function ComposerOf() {
  const draft = draftNow();
  const [isRecording, record] = useState(false);
  const field = useRef(null);
  useEffect(() => {
    // A soft keyboard must not jump up by itself.
    if (matchMedia("(hover: hover)").matches && !dialog.value) field.current?.focus({ preventScroll: true });
  }, []);
  if (isRecording) return html`<${Recorder} quote=${draft.quote} onEnd=${() => { record(false); focusComposer(); }} />`;
  return html`<form class="write" onSubmit=${(event) => { event.preventDefault(); submit(); }}>
    <${WriteAs} /><${Commands} /><${Above} draft=${draft} />
    <div class="writeline">
      <div class="box">
        <${EmojiButton} onPick=${(emoji) => insert(field.current, emoji)} />
        <${Field} field=${field} draft=${draft} />
        <${AttachMenu} />
        <${Camera} />
      </div>
      ${draft.text.trim() || openNumber.value.kind === "telephone" ? html`<${SendButton} isEdit=${draft.edit} />` : html`<${RecordButton} onClick=${() => record(true)} />`}
    </div>
    ${draft.text.length > COUNT_FROM ? html`<p class="count num" role="status">${TEXT_MAX - draft.text.length} characters left</p>` : null}
  </form>`;
}

function SendButton({ isEdit }) {
  return html`<button class="roundb" type="submit" data-testid="phone-send" aria-label=${isEdit ? "Save the change" : "Send"}>
    <${Icon} name=${isEdit ? "check" : "send-horizontal"} /></button>`;
}

function RecordButton({ onClick }) {
  return html`<button class="roundb" type="button" data-testid="phone-record" aria-label="Record a voice note" onClick=${onClick}>
    <${Icon} name="mic" /></button>`;
}

function Camera() {
  const take = ({ currentTarget }) => { addFiles([...currentTarget.files]); currentTarget.value = ""; };
  return html`<label class="icon camera" title="Camera"><${Icon} name="camera" />
    <input class="vh" type="file" accept="image/*" capture="environment" aria-label="Take or choose a photo" onChange=${take} /></label>`;
}

function Field({ field, draft }) {
  useLayoutEffect(() => grow(field.current), [draft.text]);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(() => grow(field.current));
    watch.observe(field.current.parentElement);
    return () => watch.disconnect();
  }, []);
  return html`<textarea id="composer" ref=${field} rows="1" dir="auto" aria-label="Message" placeholder=${openNumber.value.kind === "telephone" ? "Text message" : "Message"} data-testid="phone-composer"
    maxlength=${TEXT_MAX} enterkeyhint="send" value=${draft.text}
    onInput=${(event) => setDraft({ text: event.currentTarget.value })} onKeyDown=${keys} onPaste=${paste} />`;
}

function Above({ draft }) {
  const shown = draft.edit ?? draft.quote;
  if (!shown) return null;
  const cancel = () => { setDraft(draft.edit ? { edit: null, text: "" } : { quote: null }); focusComposer(); };
  return html`<div class="above">
    <${Icon} name=${draft.edit ? "pencil" : "reply"} />
    <span class="quote">${draft.edit
      ? html`<span class="words"><b>Edit message</b><span class="line" dir="auto">${shown.text}</span></span>`
      : html`<${QuoteText} message=${shown} />`}</span>
    <${IconButton} name="x" label=${draft.edit ? "Stop editing" : "Do not quote"} onClick=${cancel} />
  </div>`;
}

function grow(area) {
  area.style.blockSize = "auto";
  area.style.blockSize = `${Math.min(area.scrollHeight, 132)}px`;
}

function insert(area, text) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  setDraft({ text: value.slice(0, from) + text + value.slice(to) });
  requestAnimationFrame(() => { area.focus(); area.setSelectionRange(from + text.length, from + text.length); });
}

function keys(event) {
  if (event.isComposing || event.keyCode === 229) return; // an input method is still choosing characters
  const draft = draftNow();
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  } else if (event.key === "Escape" && (draft.quote || draft.edit)) {
    event.stopPropagation();
    setDraft(draft.edit ? { edit: null, text: "" } : { quote: null });
  } else if (event.key === "ArrowUp" && draft.text === "") {
    event.preventDefault();
    ownLastMenu();
  }
}

// Arrow up in an empty composer: the menu of the last message, to edit or delete it.
function ownLastMenu() {
  const message = openThread.value?.list.findLast((m) => m.from_me && !m.revoked_at && !m.local);
  const bubble = message && document.querySelector(`[data-wamid="${CSS.escape(message.id)}"]`);
  if (bubble) openMenu(bubble, message, { onReply: startReply, onEdit: startEdit });
}

function paste(event) {
  const files = [...event.clipboardData.files];
  if (!files.length) return;
  event.preventDefault();
  addFiles(files);
}

function submit() {
  const { text: written, quote, edit } = draftNow();
  const text = written.trim();
  if (!text) return;
  setDraft({ text: "", quote: null, edit: null });
  if (edit) saveEdit(edit, text);
  else sendText(text, quote?.id);
}

function sendText(text, reply_to) {
  const { channel, number } = place.value;
  send(channel, number, { kind: "text", text, reply_to }, (client_ref) => ({ client_ref, text, reply_to }));
}

async function saveEdit(message, text) {
  if (text === message.text) return;
  const author = message.author?.number;
  const answer = await act(postMessage(message.channel, message.number, { edit: { target: message.id, text }, author }));
  if (answer) apply({ type: "message", data: { ...message, text, edited_at: new Date().toISOString() } });
}
