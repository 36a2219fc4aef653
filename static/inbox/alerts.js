// Telling an agent who looks elsewhere: a desktop notice, a sound, the count in the title and on the icon; once for
// all tabs, not for what is in view, not in quiet hours.
import { effect, go, html, local, route, signal, t } from "./base.js";
import { isMine, session, thread, views } from "./store.js";
import { inOneLine, soon } from "./text.js";
import { isAttentive } from "./timelines.js";
import { openPopover } from "./ui/layers.js";

const OWN = "parley:alerts";
const WAIT_MS = 500; // for a tab that has the conversation in view to say so, or to read what came
const HOLD_MS = 10_000; // the tab that alerts keeps the others from it for so long
const USUAL = {
  desktop: false, sound: true, volume: 0.5, message: true, unassigned: false, mention: true, assigned: true,
  watched: true, call: true, quiet: false, from: "22:00", to: "07:00",
};
export const settings = signal({ ...USUAL, ...local.get(OWN) });
function choose(change) {
  settings.value = { ...settings.peek(), ...change };
  local.set(OWN, settings.peek());
}

// ---------------------------------------------------------------- what is worth it

const nameOf = (id) => thread(id).peek()?.customer.name || t("Unknown");

/** How a conversation's state was changed, in words; a change that a message brings about tells nothing more. */
const CHANGES = {
  "thread.closed": (who) => t("{who} closed the conversation", { who }),
  "thread.reopened": (who) => t("{who} reopened the conversation", { who }),
  "thread.woken": (who) => t("{who} woke the conversation", { who }),
  "thread.snoozed": (who, { until }) => (until ? t("{who} snoozed until {until}", { who, until: soon(until) })
    : t("{who} snoozed until they answer", { who })),
};

/** What happened in a conversation that this person watches: {title, body}, or nothing. */
function seenOf({ type, data, actor }) {
  const name = nameOf(data.thread.id);
  const isAnswer = type === "message.queued" && actor.kind === "member" && !isMine(data.message.author?.id);
  if (isAnswer) return { title: t("{name} answered {customer}", { name: actor.name, customer: name }), body: inOneLine(data.message)[1] };
  if (!CHANGES[type] || actor.kind === "customer") return null;
  return { title: name, body: CHANGES[type](actor.kind === "system" ? t("Parley") : actor.name, data.to) };
}

/** What an event would tell this person: {kinds, thread, title, body}, or null. One of the kinds must be wanted. */
function newsOf(event) {
  const { type, data, actor } = event;
  const row = data.thread;
  if (actor.kind === "member" && isMine(actor.id)) return null;
  const isWatched = row?.watcher_ids?.some(isMine);
  if (type === "message.received" && row) {
    if (data.message.content?.answered) return null; // the end of a call that somebody took
    const kinds = [isMine(row.assignee_id) && "message", !row.assignee_id && "unassigned", isWatched && "watched"];
    return { kinds, thread: row.id, number: data.message.number, title: row.customer.name || t("Unknown"), body: inOneLine(data.message)[1] };
  }
  if (type === "member.mentioned") return { kinds: ["mention"], thread: data.thread_id, body: data.text,
    title: t("{name} mentioned you", { name: actor.name }) };
  const late = type === "thread.message_unsent" && data.scheduled_message;
  if (late && isMine(late.author.id)) return { kinds: ["mention"], thread: row.id, title: t("A message was not sent"), body: late.error.detail };
  if (type === "thread.assigned" && isMine(row.assignee_id)) return { kinds: ["assigned"], thread: row.id,
    title: t("{name} gave you a conversation", { name: actor.name }), body: nameOf(row.id) };
  const seen = isWatched && seenOf(event);
  return seen ? { kinds: ["watched"], thread: row.id, ...seen } : null;
}

const minutes = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
/** Whether a moment lies in the quiet hours, which may go over midnight. */
export function isQuiet({ quiet, from, to }, date = new Date()) {
  if (!quiet) return false;
  const [now, start, end] = [date.getHours() * 60 + date.getMinutes(), minutes(from), minutes(to)];
  return start <= end ? now >= start && now < end : now >= start || now < end;
}

// ---------------------------------------------------------------- how it is told

/** Two short tones, made here: no file, and the volume is the person's. */
export function ring(volume) {
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
  setTimeout(() => audio.close(), 600);
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

const inView = new Set(); // numbers of events that some tab has in view
let channel = null;

/** Tell of what came together, of each conversation the last that is worth it. */
function consider(events) {
  const last = new Map();
  for (const event of isQuiet(settings.peek()) ? [] : events) {
    const news = event.seq && newsOf(event);
    if (!news?.kinds.some((kind) => settings.peek()[kind])) continue;
    if (route.peek().thread === news.thread && isAttentive()) channel.postMessage(event.seq);
    else last.set(news.thread, [event.seq, news]);
  }
  for (const one of last.values()) setTimeout(() => claim(...one), WAIT_MS);
}

/** Read meanwhile, in another tab or on another device? */
const isRead = ({ thread: id, number }) => number <= (thread(id).peek()?.read_count ?? 0);

function claim(seq, news) {
  if (isRead(news)) return;
  const alone = (lock) => {
    if (!lock || inView.has(seq)) return undefined;
    tell(news);
    return new Promise((done) => { setTimeout(done, HOLD_MS); });
  };
  const { tenant, me } = session.peek();
  navigator.locks.request(`parley:alert:${tenant.id}:${me.id}:${seq}`, { ifAvailable: true }, alone);
}

/** Hear these events, and keep the count in the title and on the icon. title: the page's own, as a signal. */
export function startAlerts(title) {
  const { tenant, me } = session.peek();
  channel = new BroadcastChannel(`parley:alerts:${tenant.id}:${me.id}`);
  channel.onmessage = ({ data }) => { inView.add(data); setTimeout(() => inView.delete(data), HOLD_MS); };
  addEventListener("storage", ({ key }) => { if (key === OWN) settings.value = { ...USUAL, ...local.get(OWN) }; });
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

// ---------------------------------------------------------------- the settings

const KINDS = {
  message: () => t("Messages in my conversations"), unassigned: () => t("Messages in unassigned ones"),
  watched: () => t("What happens in those I watch"), mention: () => t("Mentions of me"), assigned: () => t("Conversations given to me"), call: () => t("Incoming calls"),
};

function Desktop() {
  const { desktop } = settings.value;
  const state = "Notification" in window ? Notification.permission : "denied";
  const turn = async ({ target }) => {
    const isOn = target.checked && await Notification.requestPermission() === "granted";
    choose({ desktop: isOn });
  };
  return html`<label><input type="checkbox" checked=${desktop} disabled=${state === "denied"} onChange=${turn} />
    ${t("Notices on the desktop")}</label>
    ${state === "denied" && html`<p class="alert-said">${t("This browser does not allow them. Its site settings can.")}</p>`}`;
}

function Settings() {
  const now = settings.value;
  const box = (name, words) => html`<label><input type="checkbox" checked=${now[name]}
    onChange=${({ target }) => choose({ [name]: target.checked })} /> ${words}</label>`;
  const time = (name, words) => html`<label>${words} <input type="time" value=${now[name]}
    onChange=${({ target }) => target.value && choose({ [name]: target.value })} /></label>`;
  return html`<div class="alerts" data-testid="alerts"><fieldset><legend>${t("Tell me about")}</legend>
      ${Object.entries(KINDS).map(([name, words]) => box(name, words()))}</fieldset>
    <fieldset><legend>${t("How")}</legend><${Desktop} />${box("sound", t("A sound"))}
      <label>${t("Volume")} <input type="range" min="0" max="1" step="0.1" value=${now.volume} disabled=${!now.sound}
        onChange=${({ target }) => { choose({ volume: Number(target.value) }); ring(Number(target.value)); }} /></label></fieldset>
    <fieldset><legend>${t("Quiet hours")}</legend>${box("quiet", t("Tell me nothing"))}
      ${now.quiet && html`${time("from", t("from"))}${time("to", t("to"))}`}</fieldset></div>`;
}

export function openAlerts(anchor) {
  openPopover(anchor, t("Alerts"), () => html`<${Settings} />`);
}
