// A call rings: a sound again and again and a desktop notice, in one tab only, and not in quiet hours.
import { announce, effect, go, t } from "./base.js";
import { isQuiet, ring, settings } from "./alerts.js";
import { isForMe, ringing, silenced } from "./calls.js";
import { whoIs } from "./text.js";
import { talk } from "./talk.js";

const EVERY_MS = 3000;
const going = new Map(); // id of a call → stops its ringing

function notice({ id, thread_id: thread, customer }) {
  if (!settings.peek().desktop || !("Notification" in window) || Notification.permission !== "granted") return null;
  const title = t("{name} calls", { name: whoIs(customer) });
  const shown = new Notification(title, { tag: `call:${id}`, requireInteraction: true });
  shown.onclick = () => { window.focus(); go({ thread }); shown.close(); };
  return shown;
}

/** Until it is stopped; another tab goes on when this one is closed. */
function begin(call) {
  const stop = new AbortController();
  const aloud = () => new Promise((done) => {
    const shown = notice(call);
    const sound = () => { const { sound: isOn, volume } = settings.peek(); if (isOn && volume > 0) ring(volume); };
    sound();
    const timer = setInterval(sound, EVERY_MS);
    stop.signal.addEventListener("abort", () => { clearInterval(timer); shown?.close(); done(); });
  });
  navigator.locks.request(`parley:ring:${call.id}`, { signal: stop.signal }, aloud).catch(() => {});
  going.set(call.id, () => stop.abort());
}

const isHeard = (call) => isForMe(call) && !silenced.value.has(call.id) && settings.value.call && !isQuiet(settings.value);

/** Follow what rings. Who talks already is not rung at. */
export function startRinging() {
  const told = new Set();
  effect(() => {
    const wanted = ringing().filter(isForMe);
    const aloud = talk.value ? [] : wanted.filter(isHeard);
    for (const call of wanted) if (!told.has(call.id)) { told.add(call.id); announce(t("{name} calls", { name: whoIs(call.customer) })); }
    for (const [id, stop] of going) if (!aloud.some((call) => call.id === id)) { going.delete(id); stop(); }
    for (const call of aloud) if (!going.has(call.id)) begin(call);
  });
}
