// Templates and buttons as the customer sees them, and what pressing a button sends.
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Folded } from "./folded.js";
import { Document, Picture, Video } from "./files.js";
import { LocationCard } from "./location-card.js";
import { send } from "./outbox.js";
import { show } from "./announce.js";
import { copy } from "./clipboard.js";
import { dialog, openKey, threads } from "./state.js";

const PRESSED = new Set(["button", "interactive"]); // kinds that a pressed button sends
const CALLS_NAME = "call_permission_request";
const ANSWERS = new Set(["answer", "flow", "request_contact_info"]); // types whose press fills something in
/** What a message offers that asks whether the business may call. */
export const CALLS = [
  { type: "answer", icon: "phone", text: "Allow calls", said: { accept: true } },
  { type: "answer", icon: "ban", text: "Not now", said: { accept: false } },
];
const ICONS = { voice_call: "phone", request_contact_info: "contact", url: "external-link", phone_number: "phone", copy_code: "copy", otp: "copy", location: "map-pin", flow: "clipboard-list", form: "clipboard-list", catalog: "store" };

export function Template({ message, meta }) {
  const { header, body, footer, buttons, offer, asks_to_call: asks } = message.template;
  return html`<${Header} header=${header} message=${message} />
    ${offer ? html`<b class="h" dir="auto">${offer.text}${offer.ends_ms ? ` · ends ${new Date(offer.ends_ms).toLocaleString()}` : ""}</b>` : null}
    <${Folded} text=${body || message.text || ""} />
    <span class="foot">${footer ? html`<span dir="auto">${footer.text ?? footer}</span>` : null}${meta}</span>
    <${Buttons} message=${message} buttons=${[...(buttons ?? []), ...(asks ? CALLS : [])]} />`;
}

function Header({ header, message }) {
  if (!header) return null;
  if (typeof header === "string") return html`<b class="h" dir="auto">${header}</b>`;
  const kind = (header.kind ?? header.type ?? header.format ?? "text").toLowerCase();
  if (kind === "text") return html`<b class="h" dir="auto">${header.text}</b>`;
  const shown = { ...message, text: "", media: header.media ?? message.media, content: { location: header.location } };
  const Kind = { image: Picture, video: Video, gif: Video, document: Document, location: LocationCard }[kind];
  return Kind ? html`<${Kind} message=${shown} isHeader />` : null;
}

/** A column of buttons under a business message. */
export function Buttons({ message, buttons }) {
  if (!buttons.length) return null;
  return html`<div class="quick">${buttons.map((button, i) => html`<${Button} key=${i} message=${message} button=${normal(button)} />`)}</div>`;
}

function normal(button) {
  return { ...button, type: (button.kind ?? button.type ?? "quick_reply").toLowerCase(), text: button.text ?? button.title ?? "Button" };
}

function Button({ message, button }) {
  const { type, text } = button;
  if (type === "url" && isWeb(button.url)) {
    return html`<a href=${button.url} target="_blank" rel="noopener noreferrer nofollow"><${Icon} name="external-link" /><span dir="auto">${text}</span></a>`;
  }
  const isPressed = (type === "quick_reply" || type === "reply") && wasPressed(message, button);
  return html`<button type="button" data-testid="message-button" aria-pressed=${isPressed ? "true" : null} aria-disabled=${isPressed ? "true" : null}
    onClick=${() => !isPressed && press(message, button)}>
    <${Icon} name=${isPressed ? "check" : (button.icon ?? ICONS[type] ?? "reply")} /><span dir="auto">${text}</span>
  </button>`;
}

const isWeb = (url) => /^https?:\/\//i.test(url ?? "");

// A button counts as pressed when an answer to its message carries its words.
function wasPressed(message, { text, payload }) {
  const list = threads.value.get(openKey.value)?.list ?? [];
  const isAnswer = (m) => m.from_me && m.reply_to === message.id && PRESSED.has(m.kind) && m.status !== "failed";
  return list.some((m) => isAnswer(m) && m.text === text && (payloadOf(m) ?? payload) === payload);
}

// Cards may have buttons with the same words; what they send tells them apart.
const payloadOf = ({ content = {} }) => content.button?.payload ?? content.interactive?.button_reply?.id;

function press(message, button) {
  const { type, text } = button;
  if (type === "copy_code" || type === "otp") return copyCode(button.code ?? button.example ?? text);
  if (type === "location") { dialog.value = { name: "location", replyTo: message.id }; return undefined; }
  if (type === "form") { dialog.value = { name: "form", message, title: text }; return undefined; }
  if (ANSWERS.has(type)) return pressAnswer(message, button);
  if (type === "voice_call") return show("On a real phone this calls the business on WhatsApp.");
  if (type === "phone_number") return show(`On a real phone this calls ${button.phone_number ?? text}.`);
  if (type !== "quick_reply" && type !== "reply") return show(`“${text}” does nothing in the simulator yet.`);
  return pressReply(message, text, button.payload ?? button.id ?? text);
}

const copyCode = (code) => copy(code, "Code copied", `The code is ${code}`);

function pressReply(message, text, payload) {
  const kind = message.template ? "button" : "interactive";
  send(message.channel, message.number, { kind, text, reply_to: message.id },
    (client_ref) => ({ client_ref, button: { target: message.id, payload, text } }));
}

// A button that opens a form on a real phone; the simulator fills it in.
function pressAnswer(message, { type, text, said = {} }) {
  const button = message.template ? { button: type === "answer" ? CALLS_NAME : type } : {};
  send(message.channel, message.number, { kind: "interactive", text, reply_to: message.id },
    (client_ref) => ({ client_ref, answer: { target: message.id, ...button, ...said } }));
}

/** The one button of a list message; it opens the sheet of rows. */
export function ListButton({ message, action, title }) {
  const open = () => { dialog.value = { name: "rows", message, action, title }; };
  return html`<div class="quick"><button type="button" data-testid="list-button" onClick=${open}>
    <${Icon} name="list" /><span dir="auto">${action.button ?? "Choose"}</span></button></div>`;
}

/** Choose a row of a list message. */
export function chooseRow(message, row) {
  send(message.channel, message.number, { kind: "interactive", text: row.title, reply_to: message.id },
    (client_ref) => ({ client_ref, list: { target: message.id, id: row.id, title: row.title, description: row.description } }));
}
