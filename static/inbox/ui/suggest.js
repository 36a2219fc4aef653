// What the composer offers while one types: saved replies after "/", people and teams after "@" in a note, emoji after ":".
import { Avatar, Dot, Icon, html, t, useEffect, useRef, useState } from "../base.js";
import { getAll } from "../server.js";
import { customer, directory, session, thread } from "../store.js";
import { ranked } from "./pickers.js";

const TRIGGERS = {
  reply: { mode: "reply", sign: /(?:^|\n)(\/([^\n/]{0,40}))$/ },
  emoji: { sign: /(?:^|[\s(])(:([a-z0-9_+-]{2,24}):?)$/ },
  mention: { mode: "note", sign: /(?:^|[\s(])(@([\p{L}\p{N} .'-]{0,40}))$/u },
};
const MOST = 8;

/** What is being asked for at the caret: {kind, want, start} or null. */
export function asked({ mode, before }) {
  for (const [kind, { mode: where, sign }] of Object.entries(TRIGGERS)) {
    const found = (!where || where === mode) && sign.exec(before);
    if (found) return { kind, want: found[2], start: before.length - found[1].length };
  }
  return null;
}

// ---------------------------------------------------------------- saved replies

let replies = []; // as last read; asked for anew each time the list opens
async function read() {
  try {
    replies = await getAll("saved_replies");
    return "";
  } catch (problem) { return problem.detail; }
}

// An attribute may have a name in any letters, with spaces too.
const PLACE = /\{\{\s*((?:customer|agent|workspace)\.[^{}\n]+)\}\}/g;
const firstOf = (name) => (name || "").split(" ")[0];

/** What the places of a saved reply stand for in a conversation; unknown ones are left out. */
function valuesFor(id) {
  const row = thread(id).peek();
  const person = customer(row.customer.id).peek() || row.customer;
  const { me, tenant } = session.peek();
  const address = (kind) => person.addresses?.find((one) => one.kind === kind)?.value;
  const ours = Object.entries(person.attributes || {}).filter(([, value]) => typeof value !== "object");
  return {
    ...Object.fromEntries(ours.map(([name, value]) => [`customer.${name}`, String(value)])),
    "customer.name": person.name, "customer.first_name": firstOf(person.name), "customer.phone": address("phone"),
    "customer.email": address("email"), "customer.external_id": person.external_id,
    "agent.name": me.name, "agent.first_name": firstOf(me.name), "agent.email": me.email,
    "workspace.name": tenant.name,
  };
}

/** A text with its places filled; those nobody knows stay, and stop the message from leaving. */
export function filled(id, text) {
  const values = valuesFor(id);
  return text.replace(PLACE, (whole, name) => values[name.trim()] || whole);
}

const replyOption = (id) => (one) => ({
  id: one.id, label: one.name, text: filled(id, one.text), words: one.text, hint: one.is_shared ? "" : t("only you"),
  mark: html`<${Icon} name="message-square" />`, insert: filled(id, one.text),
});

// ---------------------------------------------------------------- people and teams

const personOption = ({ id, name, avatar }) => ({
  id, label: name, mark: html`<${Avatar} name=${name} colour=${avatar} size="xs" />`, insert: `@${name} `,
});
const teamOption = ({ id, name, colour }) => ({
  id, label: name, hint: t("Team"), mark: html`<${Dot} colour=${colour} />`, insert: `@${name} `,
});

// ---------------------------------------------------------------- emoji

let signs = null; // its module, loaded when first asked for
const emojiOption = (one) => ({
  id: one.code, label: `:${one.code}:`, words: one.words, mark: html`<span class="sign">${signs.toned(one)}</span>`, emoji: one,
});
/** Those with a word that begins like this, the shortest code first. */
function emojiFor(want) {
  const begins = (text) => text.startsWith(want);
  const rank = ({ code }) => (begins(code) ? code.length : 99);
  const found = (signs?.everything || []).filter((one) => begins(one.code) || one.words.split(" ").some(begins));
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, MOST).map(emojiOption);
}

function optionsFor(id, { kind, want }) {
  if (kind === "emoji") return emojiFor(want);
  const { members, teams } = directory.peek();
  const rows = kind === "reply" ? replies.map(replyOption(id))
    : [...members.filter((one) => one.is_active).map(personOption), ...teams.map(teamOption)];
  const isDone = want.endsWith(" ") && rows.some((one) => one.label === want.trim()); // it was taken already
  if (kind === "mention" && isDone) return [];
  return ranked(rows, want.trim(), (one) => `${one.label} ${one.words || ""}`).slice(0, MOST);
}

/** Put words in place of what was typed, so that the browser's own undo works; a place still empty is selected. */
function insert(field, start, words) {
  field.focus();
  field.setSelectionRange(start, field.selectionStart);
  document.execCommand("insertText", false, words);
  const gap = new RegExp(PLACE.source).exec(words);
  if (gap) field.setSelectionRange(start + gap.index, start + gap.index + gap[0].length);
}

/** typed: {id, mode, before, field}; keys: a ref that gets what handles the field's keys. */
export function Suggestions({ typed, keys }) {
  const ask = asked(typed);
  const [active, setActive] = useState(0);
  const [dropped, drop] = useState(null); // where Esc closed it
  const [, redraw] = useState(0);
  const problem = useRef("");
  const list = useRef(null);
  const isReply = ask?.kind === "reply";
  const isEmoji = ask?.kind === "emoji";
  const isOff = !ask || dropped === `${typed.id} ${ask.start}`;
  useEffect(() => {
    if (isReply) read().then((why) => { problem.current = why; redraw((n) => n + 1); });
  }, [isReply, typed.id]);
  useEffect(() => {
    if (isEmoji && !signs) import("../emoji.js").then((module) => { signs = module; redraw((n) => n + 1); }, () => {});
  }, [isEmoji]);
  useEffect(() => setActive(0), [ask?.want]);
  const options = isOff ? [] : optionsFor(typed.id, ask);
  const at = Math.min(active, options.length - 1);
  const pick = ({ emoji, insert: words }) => insert(typed.field, ask.start, emoji ? `${signs.used(emoji)} ` : words);
  useEffect(() => { // a whole :code: needs no choosing
    const whole = isEmoji && typed.before.endsWith(":") && options.find((one) => one.id === ask.want);
    if (whole) pick(whole);
  });
  const move = (step) => {
    const to = (at + step + options.length) % options.length;
    setActive(to);
    list.current?.children[to]?.scrollIntoView({ block: "nearest" });
  };
  keys.current = ({ key, shiftKey, ctrlKey, metaKey }) => {
    if (!options.length || shiftKey || ctrlKey || metaKey) return false;
    const run = {
      ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => pick(options[at]), Tab: () => pick(options[at]),
      Escape: () => drop(`${typed.id} ${ask.start}`),
    }[key];
    run?.();
    return Boolean(run);
  };
  useEffect(() => () => { keys.current = null; }, []);
  useEffect(() => {
    typed.field.setAttribute("aria-activedescendant", options.length ? `suggest-${at}` : "");
    typed.field.setAttribute("aria-controls", options.length ? "suggestions" : "");
  });
  const none = isReply && !isOff && !options.length && (problem.current
    || (replies.length ? "" : t("No saved replies yet. Make them in the console.")));
  if (none) return html`<p class="suggest picker-none" role="status">${none}</p>`;
  if (!options.length) return null;
  const name = isReply ? t("Saved replies") : isEmoji ? t("Emoji") : t("Mention");
  const row = (one, i) => html`<li key=${one.id} id=${`suggest-${i}`} role="option" class="option" aria-selected=${i === at}
    onMouseDown=${(event) => { event.preventDefault(); pick(one); }} onPointerMove=${() => i !== at && setActive(i)}>
    ${one.mark}<span class="option-label" dir="auto"><b>${one.label}</b> ${one.text && html`<span>${one.text}</span>`}</span>
    ${one.hint && html`<small>${one.hint}</small>`}</li>`;
  return html`<ul class="suggest" id="suggestions" role="listbox" aria-label=${name} ref=${list}
    data-testid="suggestions">${options.map(row)}</ul>`;
}
