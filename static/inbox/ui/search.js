// What the search box finds: people, messages and notes; searches of before; the way to a filtered list.
import { Avatar, Icon, go, html, local, t, useEffect, useRef, useState } from "../base.js";
import { hooks } from "../commands.js";
import { get } from "../server.js";
import { session } from "../store.js";
import { phone, shortTime } from "../text.js";

const WAIT_MS = 140;
const SHORTEST = 2;
const KEEP = 8;

const shelf = () => `parley:searches:${session.peek().tenant.id}:${session.peek().me.id}`;
const before = () => local.get(shelf()) || [];
const remember = (text) => local.set(shelf(), [text, ...before().filter((one) => one !== text)].slice(0, KEEP));

/** The answer to what is typed: {text, data?, problem?}; an earlier answer stays until the next is here. */
function useAnswer(text) {
  const [answer, set] = useState({ text: "", data: null, problem: "" });
  const asked = useRef("");
  const ask = async () => {
    asked.current = text;
    const mine = () => asked.current === text;
    try {
      const data = await get("search", { q: text });
      if (mine()) set({ text, data, problem: "" });
    } catch (problem) { if (mine()) set({ text, data: null, problem: problem.detail }); }
  };
  useEffect(() => {
    asked.current = text;
    if (text.length < SHORTEST) { set({ text: "", data: null, problem: "" }); return undefined; }
    const timer = setTimeout(ask, WAIT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return [answer, ask];
}

/** Small letters without accents, each where it stood. */
const folded = (text) => Array.from({ length: text.length }, (_, i) => text[i].normalize("NFD")[0].toLowerCase()[0]).join("");

/** A text with the words that were looked for set apart, whatever their accents. */
function Marked({ text, words }) {
  const signs = words.filter(Boolean).map((word) => folded(word).replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!signs.length) return text;
  const parts = [];
  let from = 0;
  for (const { 0: word, index: at } of folded(text).matchAll(new RegExp(signs.join("|"), "g"))) {
    parts.push(text.slice(from, at), html`<mark>${text.slice(at, at + word.length)}</mark>`);
    from = at + word.length;
  }
  return [...parts, text.slice(from)];
}

/** The address of a customer that was looked for, else the first. */
function addressOf({ addresses }, words) {
  const digits = words.join("").replace(/\D/g, "").replace(/^0+/, "");
  const found = digits.length >= 3 && addresses.find((one) => one.value.includes(digits));
  const { kind, value } = found || addresses[0] || {};
  return kind === "phone" ? phone(value) : value || "";
}

const person = ({ customer, thread_id: thread }, words) => ({
  id: customer.id, group: "people", label: customer.name || t("Unknown"), hint: addressOf(customer, words), words,
  mark: html`<${Avatar} name=${customer.name} id=${customer.id} size="s" />`, note: thread ? "" : t("No conversation yet"),
  run: () => (thread ? go({ thread }) : hooks.begin(customer)),
});
const message = ({ id, kind, thread_id: thread, customer, text, author, direction, at }, words) => ({
  id, group: "messages", label: customer.name || t("Unknown"), words, note: shortTime(at),
  hint: [kind === "note" ? t("Note") : "", direction === "inbound" ? "" : author].filter(Boolean).join(" · "),
  text: html`<${Marked} text=${text} words=${words} />`, run: () => go({ thread, message: id }),
  mark: html`<${Icon} name=${kind === "note" ? "lock" : direction === "inbound" ? "message-circle" : "reply"} />`,
});

/** Everything that can be chosen now, in order. type(text): put words into the box. */
function optionsOf(text, { data }, type) {
  const old = (words) => ({ id: words, group: "before", label: words, mark: html`<${Icon} name="clock" />`, stays: true,
    run: () => type(words) });
  if (text.length < SHORTEST) return before().map(old);
  const rows = data ? [...data.people.map((one) => person(one, data.words)),
    ...data.messages.map((one) => message(one, data.words))] : [];
  return [...rows, { id: "list", group: "list", label: t("Show conversations with “{text}” in the list", { text }),
    mark: html`<${Icon} name="list-filter" />`, run: () => go({ view: "all", filters: { q: text } }) }];
}

const GROUPS = {
  before: () => t("Searched before"), people: () => t("People"), messages: () => t("Messages and notes"), list: () => "",
};

function Said({ text, answer, isEmpty, again }) {
  if (answer.problem) return html`<p class="search-said" role="alert"><${Icon} name="triangle-alert" />
    <span>${t("The search did not work.")} ${answer.problem}</span>
    <button type="button" class="linkbtn" onMouseDown=${again}>${t("Try again")}</button></p>`;
  if (text.length < SHORTEST) {
    return isEmpty && html`<p class="search-said">${t("Names, words of messages, numbers in any spelling, or ids.")}</p>`;
  }
  if (answer.text !== text) return html`<p class="search-said" role="status">${t("Searching…")}</p>`;
  return answer.data && !answer.data.people.length && !answer.data.messages.length
    && html`<p class="search-said" role="status">${t("Nothing found for “{text}”.", { text })}</p>`;
}

/** keys: a ref that gets what handles the box's keys; type(text) changes the box, done() leaves it. */
export function Results({ text, keys, type, done }) {
  const [answer, ask] = useAnswer(text);
  const [active, setActive] = useState(0);
  const list = useRef(null);
  const options = optionsOf(text, answer, type);
  const at = Math.min(active, options.length - 1);
  useEffect(() => setActive(0), [text]);
  const pick = (option) => {
    if (!option?.run) return;
    if (!option.stays) { remember(text); done(); }
    option.run();
  };
  const move = (step) => {
    const to = (at + step + options.length) % options.length;
    setActive(to);
    list.current.querySelectorAll("[role=option]")[to]?.scrollIntoView({ block: "nearest" });
  };
  keys.current = ({ key }) => {
    const run = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => pick(options[at]) }[key];
    if (run && options.length) run();
    return Boolean(run);
  };
  const option = (one, i) => html`<li key=${`${one.group} ${one.id}`} role="option" id=${`found-${i}`} class="option found"
    aria-selected=${i === at} aria-disabled=${!one.run} data-testid=${`found-${one.group}`}
    onMouseDown=${(event) => { event.preventDefault(); pick(one); }} onPointerMove=${() => i !== at && setActive(i)}>
    ${one.mark}<span class="option-label"><b dir="auto"><${Marked} text=${one.label} words=${one.words || []} /></b>
      ${one.text && html`<span dir="auto">${one.text}</span>`}</span>
    <small>${one.hint && html`<bdi>${one.hint}</bdi>`} ${one.note}</small></li>`;
  const rows = options.map((one, i) => [one.group !== options[i - 1]?.group && GROUPS[one.group]()
    && html`<li role="presentation" class="found-group" key=${one.group}>${GROUPS[one.group]()}</li>`, option(one, i)]);
  return html`<div class="search-panel" data-testid="search-panel">
    <${Said} text=${text} answer=${answer} isEmpty=${!options.length} again=${(event) => { event.preventDefault(); ask(); }} />
    <ul role="listbox" id="search-results" aria-label=${t("Found")} ref=${list}
      data-active=${options[at] ? `found-${at}` : null}>${rows}</ul></div>`;
}
