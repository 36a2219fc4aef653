// A call rings: a sound again and again and a desktop notice, in one tab only, and not in quiet hours.
import { announce, effect, go, t } from "./base.js";
import { isQuiet, ring, settings } from "./alerts.js";
import { isForMe, ringing, silence, silenced } from "./calls.js";
import { whoIs } from "./text.js";
import { isBusy, talk } from "./talk.js";

const EVERY_MS = 3000;
// No provider rings longer: its end was told while the line was down
const LASTS_MS = 120_000;
// Held by each tab that is in a call
const TALKS = "parley:talks";
const going = new Map(); // id of a call → stops its ringing

function notice({ id, thread_id: thread, customer }) {
  if (!settings.peek().desktop || !("Notification" in window) || Notification.permission !== "granted") return null;
  const title = t("{name} calls", { name: whoIs(customer) });
  const shown = new Notification(title, { tag: `call:${id}`, requireInteraction: true });
  shown.onclick = () => { window.focus(); go({ thread }); shown.close(); };
  return shown;
}

const doesTalk = async () => (await navigator.locks.query()).held.some(({ name }) => name === TALKS);

/** Until it is stopped; another tab goes on when this one is closed. Whoever talks in another tab hears it only after. */
function begin(call) {
  const stop = new AbortController();
  const aloud = () => new Promise((done) => {
    let shown = null;
    const sound = async () => {
      if (await doesTalk() || stop.signal.aborted) return;
      shown ||= notice(call);
      const { sound: isOn, volume } = settings.peek();
      if (isOn && volume > 0) ring(volume);
    };
    sound();
    const timer = setInterval(sound, EVERY_MS);
    stop.signal.addEventListener("abort", () => { clearInterval(timer); shown?.close(); done(); });
  });
  navigator.locks.request(`parley:ring:${call.id}`, { signal: stop.signal }, aloud).catch(() => {});
  going.set(call.id, () => stop.abort());
}

/** Let the other tabs know while a call is in this one. */
function tellTalk() {
  let end = null;
  effect(() => {
    if (isBusy() === Boolean(end)) return;
    if (end) { end(); end = null; return; }
    const over = new Promise((done) => { end = done; });
    navigator.locks.request(TALKS, { mode: "shared" }, () => over);
  });
}

const isHeard = (call) => isForMe(call) && !silenced.value.has(call.id) && settings.value.call && !isQuiet(settings.value);

/** Follow what rings. Who talks already is not rung at. */
export function startRinging() {
  const told = new Set();
  tellTalk();
  effect(() => {
    const wanted = ringing().filter(isForMe);
    const aloud = isBusy() ? [] : wanted.filter((call) => isHeard(call) && call.id !== talk.value?.id);
    for (const call of wanted.filter(({ id }) => !told.has(id))) {
      told.add(call.id);
      announce(t("{name} calls", { name: whoIs(call.customer) }));
      setTimeout(silence, LASTS_MS, call.id);
    }
    for (const [id, stop] of going) if (!aloud.some((call) => call.id === id)) { going.delete(id); stop(); }
    for (const call of aloud) if (!going.has(call.id)) begin(call);
  });
}
