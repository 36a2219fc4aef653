// Loaded when there is time: who takes work now; tells the server that this member is there, or has gone.
import { Table, t } from "./base.js";
import { get, put } from "./server.js";
import { onOther, session } from "./store.js";

const rows = new Table(); // member id → {status, chosen, capacity, open}
const EVERY_MS = 60_000;
const IDLE_MS = 10 * 60_000;
let asked = null;
const heard = new Set(); // of whom there was news since that was asked: it is younger than the answer

export const WAYS = { online: () => t("Online"), busy: () => t("Busy"), away: () => t("Away") };
const keep = (row) => rows.set(row.member_id, { ...rows.get(row.member_id), ...row });

const keepOld = ({ member_id, open, ...row }) => keep({ member_id, open, ...(heard.has(member_id) ? {} : row) });

async function ask() {
  heard.clear();
  try { (await get("availability")).data.forEach(keepOld); } catch { asked = null; }
}

/** One member's, as a signal's value; asked for when first wanted. */
export function availabilityOf(id) {
  asked ??= ask();
  return rows.cell(id).value;
}

/** "Away · 3 of 20", never broken. */
export function inWords(id) {
  const row = availabilityOf(id);
  return row ? t("{way} · {n} of {most}", { way: WAYS[row.status](), n: row.open ?? 0, most: row.capacity }).replace(/ /g, "\u00a0") : "";
}

export const choose = (body) => put("me/availability", body).then(keep);
/** Read the counts anew when next wanted. */
export const refresh = () => { asked = null; };

/** touched(): when this person last did something here. */
export function startActivity(touched) {
  let isGone = false;
  const tell = (is_idle) => put("me/activity", { is_idle }).then((row) => { keep(row); isGone = is_idle; }, () => {});
  const look = () => {
    const idle = Date.now() - touched();
    if (idle < EVERY_MS || (isGone && idle < IDLE_MS)) tell(false);
    else if (idle >= IDLE_MS && !isGone) tell(true);
  };
  const wake = () => isGone && Date.now() - touched() < 1000 && tell(false);
  onOther(({ type, data }) => { if (type === "member.available") { heard.add(data.member_id); keep(data); } });
  for (const name of ["keydown", "pointerdown"]) addEventListener(name, wake);
  setInterval(look, EVERY_MS);
  if (session.peek()) tell(false);
}
