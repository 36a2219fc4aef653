// Calls that ring and run, as the server tells of them; drawn, heard and spoken by modules that come with the first.
import { effect, route, signal, t } from "./base.js";
import { add } from "./commands.js";
import { get, line, signedOut } from "./server.js";
import { channel, isMine, onOther, thread } from "./store.js";
import { lazily } from "./ui/layers.js";

/** Every call this page has heard of, by id; the highest version of each counts. */
export const calls = signal(new Map());
/** Ids of calls that this member does not want to hear. */
export const silenced = signal(new Set());
let shown = null;

export const isLive = (call) => call.state !== "ended";
export const live = () => [...calls.value.values()].filter(isLive);
/** Does it ring for this member? Passed on, it rings for one alone. */
export const isForMe = ({ passed_to: to }) => !to || isMine(to.id);
/** What rings, for whoever is signed in. */
export const ringing = () => (signedOut.value ? [] : live().filter((call) => call.direction === "inbound" && call.state === "ringing"));
export const silence = (id) => { silenced.value = new Set(silenced.peek()).add(id); };

/** Take a call as an event or an answer has it. */
export function hear(call) {
  const old = calls.peek().get(call.id);
  if (old && old.version >= call.version) return;
  calls.value = new Map(calls.peek()).set(call.id, call);
  if (isLive(call)) show();
}

/** The bar, for the first call there is. */
export function show() {
  shown ||= import("./ui/call-bar.js").then(({ mount }) => mount(), () => { shown = null; });
  return shown;
}

/** What rings already, at the start and after every gap. */
async function refresh() {
  try {
    const { data } = await get("calls");
    data.forEach(hear);
    const there = new Set(data.map(({ id }) => id));
    for (const call of live()) if (!there.has(call.id)) get(`calls/${call.id}`).then(hear, () => {});
  } catch { /* asked again when the line is back */ }
}

const openDial = lazily(() => import("./ui/dial.js"))("openDial");
const carries = (id) => Boolean(channel(thread(id).peek()?.channel?.id)?.carries_calls);

export function startCalls() {
  const dial = [["call-customer", () => t("Call the customer…"), ["shift+c"], () => openDial(route.peek().thread), { when: () => carries(route.peek().thread) }]];
  add("conversation", dial);
  onOther(({ type, data }) => type.startsWith("call.") && hear(data.call));
  effect(() => { if (line.value === "live") refresh(); });
}
