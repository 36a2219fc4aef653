// The menus of a conversation and of a message, loaded when first wanted: all that can be done with them.
import { Mark, href, html, t, toast } from "../base.js";
import { assignToMe, react, retryMessage } from "../actions.js";
import { hooks, keysOf } from "../commands.js";
import { draftOf } from "../drafts.js";
import { barred, pickPlace, placeOf, placesOf, spotOf, windowOf } from "../places.js";
import { isMine, thread, timeline } from "../store.js";
import { addressWords } from "../text.js";
import { markUnread } from "../timelines.js";
import { focusSoon } from "./composer.js";
import { closeLayer, lazily, openPopover } from "./layers.js";
import { openPicker, pickAssignee, pickLabels, pickPriority } from "./pickers.js";
import { openViewer } from "./pieces.js";
import { snoozeOrWake } from "./thread.js";

const moves = lazily(() => import("./moves.js"));
const [splitFrom, pickJoin] = [moves("splitFrom"), moves("pickJoin")];
const openDay = lazily(() => import("./days.js"))("openDay");
const save = (id, form) => {
  Object.assign(document.createElement("a"), { href: `/inbox/transcripts/${id}.${form}`, download: "" }).click();
};

export function openMore(id, anchor, onSide) {
  const option = (key, label, icon, run) => ({ id: key, label, icon, keys: keysOf(key), run });
  const { assignee_id: owner, status, watcher_ids: watchers } = thread(id).peek();
  const options = () => [
    !isMine(owner) && option("assign-me", t("Assign to me"), "user", () => assignToMe(id)),
    option("assign", t("Assign…"), "user-plus", () => pickAssignee(id)),
    option("snooze", status === "snoozed" ? t("Wake up") : t("Snooze…"), "clock", () => snoozeOrWake(id)),
    option("labels", t("Labels…"), "tag", () => pickLabels(id)),
    option("priority", t("Priority…"), "flag", () => pickPriority(id)),
    option("watch", watchers.some(isMine) ? t("Stop watching") : t("Watch"), "binoculars", () => hooks.watch(id)),
    option("unread", t("Mark unread"), "mail", () => markUnread(id)),
    option("side", t("Customer"), "contact", onSide),
    option("join", t("Join with another…"), "message-square", () => pickJoin(id, anchor)),
    option("day", t("Go to a day…"), "clock", () => openDay(anchor, id)),
    option("as-text", t("Save as text"), "download", () => save(id, "txt")),
    option("as-json", t("Save as JSON"), "download", () => save(id, "json")),
  ].filter(Boolean);
  openPicker(anchor, { label: t("More"), options, search: false });
}

/** What stands beside a channel where one chooses: why it is barred, or what may go there now. */
function placeHint(id, place) {
  const where = place.channel;
  const why = barred(id, where);
  if (why || draftOf(id, `reply.${where.id}`).value.text) return why || t("draft");
  return windowOf(thread(id).value, where.id, place).isOpen ? "" : t("templates only");
}

/** Choose on which channel, at which address a conversation is answered; one that is barred says why. */
export function openPlaces(id, anchor) {
  const option = (place) => ({
    id: place.channel.id + (place.spot || ""), label: `${place.channel.label} · \u2068${addressWords(place.address)}\u2069`, // a number stays whole in a page from right to left
    words: place.channel.name, mark: html`<${Mark} kind=${place.channel.kind} />`, hint: placeHint(id, place),
    checked: place.channel.id === placeOf(id) && place.spot === spotOf(id).spot, disabled: Boolean(barred(id, place.channel)),
    run: () => { pickPlace(id, place.channel.id, place.spot); requestAnimationFrame(focusSoon); }, // another field stands there a frame later
  });
  openPicker(anchor, { label: t("Answer on"), options: () => placesOf(id).map(option), search: false });
}

// ---------------------------------------------------------------- of a message

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

export function openReactions(message, anchor) {
  const isOurs = (emoji) => message.reactions.some((one) => one.by === "us" && one.emoji === emoji);
  const pick = (emoji) => { closeLayer(); react(message, emoji); };
  const button = (emoji) => html`<button type="button" key=${emoji} aria-pressed=${isOurs(emoji)}
    onClick=${() => pick(emoji)}>${emoji}</button>`;
  openPopover(anchor, t("React"), () => html`<div class="emoji-row">${EMOJI.map(button)}</div>`, "emoji");
}

async function copy(text) {
  try { await navigator.clipboard.writeText(text); toast(t("Copied")); } catch { toast(t("Copying was not allowed.")); }
}

/** Whether anything stands before a message, as far as is known here. */
function beginsLater({ id, thread_id: where, kind }) {
  const { entries, has_before } = timeline(where).peek();
  return kind !== "system" && (has_before || entries.find((one) => one.message)?.id !== id);
}

export function openMenu(message, anchor) {
  const link = location.origin + href({ thread: message.thread_id, message: message.id });
  const isInbound = message.direction === "inbound";
  const isStuck = ["failed", "uncertain", "held"].includes(message.status);
  const reactions = () => openReactions(message, anchor);
  const options = () => [
    { id: "quote", label: t("Quote"), icon: "reply", keys: keysOf("quote"), run: () => hooks.quoteMessage(message) },
    isInbound && { id: "react", label: t("React…"), icon: "smile", keys: keysOf("react"), run: reactions },
    message.text && { id: "copy", label: t("Copy text"), icon: "copy", run: () => copy(message.text) },
    { id: "link", label: t("Copy link"), icon: "link", run: () => copy(link) },
    beginsLater(message) && { id: "split", label: t("Start a new conversation from here"), icon: "message-square", run: () => splitFrom(message) },
    isStuck && { id: "retry", label: t("Send again"), icon: "refresh-cw", run: () => retryMessage(message) },
    { id: "details", label: t("Details"), icon: "info", run: () => openViewer("openDetails", message) },
  ].filter(Boolean);
  openPicker(anchor, { label: t("Message menu"), options, search: false });
}
