// Telling an agent who looks elsewhere: a desktop notice, a sound, the count in the title and on the icon; once for
// all tabs, not for what is in view, not in quiet hours.
import { effect, go, local, signal, t } from "./base.js";
import { VIEWS, fits } from "./lists.js";
import { directory, isMine, session, thread, views } from "./store.js";
import { viewLock } from "./presence.js";
import { inOneLine, soon, whoIs } from "./text.js";
import { saved } from "./ui/filters.js";

const OWN = "parley:alerts";
const WAIT_MS = 300; // for whoever reads it on another device
const HOLD_MS = 10_000; // the tab that alerts keeps the others from it for so long
const USUAL = {
  desktop: false, sound: true, volume: 0.5, mention: true, assigned: true, call: true, quiet: false, from: "22:00", to: "07:00",
};
/** Where there was one choice for messages, it was for these two views. */
const usualViews = ({ message = true, unassigned }) => ({
  mine: message ? "messages" : "", unassigned: unassigned ? "messages" : "", watching: "all",
});
/** What this person has chosen. views: by the key of a view, "messages" or "all" where one is told of what happens there. */
function chosen() {
  const own = local.get(OWN) || {};
  return { ...USUAL, ...own, views: own.views || usualViews(own) };
}
export const settings = signal(chosen());
export function choose(change) {
  settings.value = { ...settings.peek(), ...change };
  local.set(OWN, settings.peek());
}

// ---------------------------------------------------------------- in which views

const TOLD = ["mine", "unassigned", "mentions", "watching", "all"];
/** The views of which one can be told what happens there: the usual ones, saved ones, teams: [{key, label, view, filters}].
    What a search finds only the server knows. */
export function places() {
  const usual = TOLD.map((key) => ({ key, label: VIEWS[key].label(), view: key, filters: {} }));
  const kept = (saved.value?.allSaved() || []).filter(({ place }) => !place.filters.q);
  const teams = directory.value.teams.map(({ id, name }) => ({ key: id, label: name, view: "all", filters: { team: id, status: "open" } }));
  return [...usual, ...kept.map(({ id, name, place }) => ({ key: id, label: name, ...place })), ...teams];
}

/** Whether one wants to hear of this in a view where the conversation stands, or stood before. */
function isWanted({ level, thread: id, was }) {
  const { views: levels } = settings.peek();
  const row = thread(id).peek();
  const isChosen = ({ key }) => levels[key] === "all" || (level === "messages" && levels[key] === level);
  return Boolean(row) && places().some((place) => isChosen(place) && (fits(row, place) || fits({ ...row, ...was }, place)));
}

// ---------------------------------------------------------------- what is worth it

const nameOf = (id) => whoIs(thread(id).peek()?.customer || {});

/** How a conversation's state was changed, in words; a change that a message brings about tells nothing more. */
const CHANGES = {
  "thread.closed": (who) => t("{who} closed the conversation", { who }),
  "thread.reopened": (who) => t("{who} reopened the conversation", { who }),
  "thread.woken": (who) => t("{who} woke the conversation", { who }),
  "thread.snoozed": (who, { until }) => (until ? t("{who} snoozed until {until}", { who, until: soon(until) })
    : t("{who} snoozed until they answer", { who })),
};

/** What a colleague did in a conversation: {title, body}, or nothing. */
function deedOf({ type, data, actor }) {
  const name = nameOf(data.thread.id);
  const isAnswer = type === "message.queued" && actor.kind === "member" && !isMine(data.message.author?.id);
  if (isAnswer) return { title: t("{name} answered {customer}", { name: actor.name, customer: name }), body: inOneLine(data.message)[1] };
  if (!CHANGES[type] || actor.kind === "customer") return null;
  return { title: name, body: CHANGES[type](actor.kind === "system" ? t("Parley") : actor.name, data.to) };
}

/** What an event would tell this person: {thread, title, body} with its kind, or with its level in views; or null. */
function newsOf(event) {
  const { type, data, actor } = event;
  const row = data.thread;
  if (actor.kind === "member" && isMine(actor.id)) return null;
  if (type === "message.received" && row) {
    if (data.message.content?.answered) return null; // the end of a call that somebody took
    return { level: "messages", thread: row.id, number: data.message.number, title: whoIs(row.customer), body: inOneLine(data.message)[1] };
  }
  if (type === "member.mentioned") return { kind: "mention", thread: data.thread_id, body: data.text,
    title: t("{name} mentioned you", { name: actor.name }) };
  const late = type === "thread.message_unsent" && data.scheduled_message;
  if (late && isMine(late.author.id)) return { kind: "mention", thread: row.id, title: t("A message was not sent"), body: late.error.detail };
  if (type === "thread.assigned" && isMine(row.assignee_id)) return { kind: "assigned", thread: row.id,
    title: t("{name} gave you a conversation", { name: actor.name }), body: nameOf(row.id) };
  const deed = row && deedOf(event);
  const was = data.from?.status ? { status: data.from.status } : {};
  return deed ? { level: "all", thread: row.id, was, ...deed } : null;
}

const minutes = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
/** Whether a moment lies in the quiet hours, which may go over midnight. */
export function isQuiet({ quiet, from, to }, date = new Date()) {
  if (!quiet) return false;
  const [now, start, end] = [date.getHours() * 60 + date.getMinutes(), minutes(from), minutes(to)];
  return start <= end ? now >= start && now < end : now >= start || now < end;
}

// ---------------------------------------------------------------- how it is told

let isRinging = false;

/** Two short tones, made here: no file, and the volume is the person's. What comes meanwhile rings along; browsers
    complain of a seventeenth sound at once. */
export function ring(volume) {
  if (isRinging) return;
  isRinging = true;
  const audio = new AudioContext();
  const gain = audio.createGain();
  gain.connect(audio.destination);
  [[660, 0], [880, 0.14]].forEach(([pitch, after]) => {
    const at = audio.currentTime + after;
    const tone = audio.createOscillator();
    tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(Math.max(0.001, volume * 0.4), at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.13);
    tone.connect(gain);
    tone.start(at);
    tone.stop(at + 0.14);
  });
  setTimeout(() => { isRinging = false; audio.close(); }, 600);
}

function notify({ title, body, thread: id }) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const notice = new Notification(title, { body, tag: id });
  notice.onclick = () => { window.focus(); go({ thread: id }); notice.close(); };
}

function tell(news) {
  const { sound, volume, desktop } = settings.peek();
  if (sound && volume > 0) ring(volume);
  if (desktop) notify(news);
}

// ---------------------------------------------------------------- once for all tabs

/** Tell of what came together, of each conversation the last that is worth it. */
function consider(events) {
  const last = new Map();
  for (const event of isQuiet(settings.peek()) ? [] : events) {
    const news = event.seq && newsOf(event);
    if (!news || !(news.kind ? settings.peek()[news.kind] : isWanted(news))) continue;
    last.set(news.thread, [event.seq, news]);
  }
  for (const one of last.values()) setTimeout(() => claim(...one), WAIT_MS);
}

/** Read meanwhile, here or on another device? */
const isRead = ({ thread: id, number }) => number <= (thread(id).peek()?.read_count ?? 0);

async function claim(seq, news) {
  const { held } = await navigator.locks.query();
  if (isRead(news) || held.some(({ name }) => name === viewLock(news.thread))) return;
  const alone = (lock) => {
    if (!lock) return undefined;
    tell(news);
    return new Promise((done) => { setTimeout(done, HOLD_MS); });
  };
  const { tenant, me } = session.peek();
  navigator.locks.request(`parley:alert:${tenant.id}:${me.id}:${seq}`, { ifAvailable: true }, alone);
}

/** Hear these events, and keep the count in the title and on the icon. title: the page's own, as a signal. */
export function startAlerts(title) {
  addEventListener("storage", ({ key }) => { if (key === OWN) settings.value = chosen(); });
  const icon = document.querySelector("link[rel=icon]");
  const plain = icon.href;
  effect(() => {
    const unread = views.value.find((one) => one.key === "mine")?.unread || 0;
    document.title = unread ? `(${unread}) ${title.value}` : title.value;
    const next = unread ? new URL(icon.dataset.alert, location.href).href : plain;
    if (icon.href !== next) icon.href = next;
  });
  return consider;
}
