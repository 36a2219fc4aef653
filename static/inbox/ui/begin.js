// Loaded when first asked for: writing first, to a customer or to a number nobody knows yet; opens the conversation.
import { Avatar, Icon, go, html, newRef, signal, t, useEffect, useRef, useState } from "../base.js";
import { get, post } from "../server.js";
import { directory } from "../store.js";
import { addressWords, phone, whoIs } from "../text.js";
import { DialogHead, closeLayer, openDialog } from "./layers.js";
import { numberIn } from "./number.js";

/** Does it look like a number, though perhaps not like a whole one? */
const isNumeric = (text) => /^[+\d][\d\s().\/-]{2,}$/.test(text.trim());
const hasNumber = ({ addresses }, number) => addresses.some(({ kind, value }) => kind === "phone" && value === number);

// ---------------------------------------------------------------- to whom

/** Addresses that people read; a provider's own ids only where there is nothing else. */
function readable({ addresses }) {
  const found = addresses.filter(({ kind }) => ["phone", "email"].includes(kind));
  return (found.length ? found : addresses).map(addressWords).join(", ");
}

const Choice = ({ person, onPick }) => html`<li><button type="button" class="merge-one" onClick=${onPick}>
  <${Avatar} name=${person.name} id=${person.id || person.addresses[0].value} size="s" /><span><b dir="auto">${whoIs(person)}</b>
  <small dir="ltr">${readable(person)}</small></span></button></li>`;

/** Somebody nobody here has written with: only a number. */
const newcomer = (number) => ({ id: null, name: "", addresses: [{ kind: "phone", value: number }] });

function Whom({ onPick }) {
  const [text, setText] = useState("");
  const [found, setFound] = useState(null);
  const turn = useRef(0);
  const search = async ({ target: { value } }) => {
    setText(value);
    turn.current += 1;
    const mine = turn.current;
    const q = value.trim();
    const answer = q ? await get("search", { q }).catch(() => null) : null;
    if (mine === turn.current) setFound(answer && answer.people.map((one) => one.customer));
  };
  const number = numberIn(text);
  const isNew = number && found && !found.some((one) => hasNumber(one, number));
  const rows = [...(isNew ? [newcomer(number)] : []), ...(found || [])];
  const isHalf = isNumeric(text) && !number;
  const row = (one) => html`<${Choice} key=${one.id || "new"} person=${one} onPick=${() => onPick(one)} />`;
  return html`<label class="field"><span>${t("To whom?")}</span>
    <input type="search" data-testid="begin-search" autofocus dir="auto" placeholder=${t("Name, or number with its country code")}
      aria-describedby="begin-hint" onInput=${search} /></label>
    <p id="begin-hint" role="status" class=${isHalf ? "field-error" : "muted"}>${isHalf
      ? t("Write the whole number with its country code, like +44 7700 900123.") : found && !rows.length ? t("Nobody found") : ""}</p>
    ${rows.length > 0 && html`<ul class="merge-list" data-testid="begin-people">${rows.map(row)}</ul>`}`;
}

// ---------------------------------------------------------------- what

const reaches = ({ addresses }) => ({ is_active: isActive, limits, address_kinds: kinds = [] }) => isActive && limits?.converses
  && addresses.some((one) => kinds.includes(one.kind));

/** Until when they may be written to freely on a channel, as the server told. */
const windowOn = ({ places = [] }, channelId) => Date.parse(places.find((one) => one.channel_id === channelId)?.window_until || 0);
const isOpen = (person, { id, limits }) => !limits.needs_template || windowOn(person, id) > Date.now();

function Words({ most, isBusy, onSend }) {
  const [text, setText] = useState("");
  const over = text.length - most;
  const submit = (event) => { event.preventDefault(); onSend({ text: text.trim() }); };
  return html`<form onSubmit=${submit}><label class="field"><span>${t("Message")}</span>
      <textarea rows="4" dir="auto" data-testid="begin-text" autofocus value=${text}
        onInput=${(event) => setText(event.target.value)}></textarea></label>
    ${over > 0 && html`<p class="field-error" role="alert">${t("The text has {n} characters too many.", { n: over })}</p>`}
    <div class="dialog-actions"><button class="btn primary" data-testid="begin-send" disabled=${isBusy || !text.trim() || over > 0}>
      <${Icon} name="send" />${t("Send")}</button></div></form>`;
}

const shelf = signal(null); // the module that knows templates, loaded when only one of them can go

function Template(given) {
  useEffect(() => { if (!shelf.peek()) import("./templates.js").then((module) => { shelf.value = module; }, () => {}); }, []);
  return shelf.value ? html`<${shelf.value.TemplatePicker} ...${given} />` : html`<p class="muted">${t("Loading templates…")}</p>`;
}

function What({ person, onBack }) {
  const [known, setKnown] = useState(person.id ? null : person); // with their places
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const key = useRef(newRef());
  useEffect(() => { if (person.id) get(`customers/${person.id}`).then(setKnown, ({ detail }) => setProblem(detail)); }, []);
  if (!known) return problem ? html`<p role="alert" class="field-error">${problem}</p>` : html`<p class="muted" aria-busy="true">${t("Loading…")}</p>`;
  const ours = directory.value.channels.filter(reaches(known));
  const where = ours.find((one) => one.id === chosen) || ours.find((one) => isOpen(known, one)) || ours[0];
  const onSend = async (body) => {
    setBusy(true);
    setProblem("");
    const to = person.id ? { customer_id: person.id } : { phone: person.addresses[0].value };
    const said = { to, name: name.trim(), channel_id: where.id, client_ref: key.current, ...body };
    try {
      const message = await post("messages", said, { key: key.current });
      closeLayer();
      go({ thread: message.thread_id });
    } catch (refusal) {
      if (!refusal.isPassing) key.current = newRef(); // it was refused for good: other words are another message
      setProblem(refusal.detail);
    }
    setBusy(false);
  };
  const option = (one) => html`<option key=${one.id} value=${one.id} selected=${one.id === where.id}>
    ${one.label} · ${one.name}${isOpen(known, one) ? "" : ` · ${t("templates only")}`}</option>`;
  return html`<div class="begin-to"><button type="button" class="iconbtn" aria-label=${t("Choose somebody else")} onClick=${onBack}>
      <${Icon} name="chevron-left" /></button><b dir="auto">${person.id ? whoIs(known) : phone(person.addresses[0].value)}</b></div>
    ${!person.id && html`<label class="field"><span>${t("Name, if you know it")}</span>
      <input dir="auto" maxlength="200" value=${name} onInput=${(event) => setName(event.target.value)} /></label>`}
    ${!where && html`<p role="alert" class="field-error">${t("No channel of this workspace can write to this customer.")}</p>`}
    ${where && html`<label class="field"><span>${t("Channel")}</span>
      <select data-testid="begin-channel" onChange=${(event) => setChosen(event.target.value)}>${ours.map(option)}</select></label>`}
    ${problem && html`<p role="alert" class="field-error" data-testid="begin-problem">${problem}</p>`}
    ${where && (isOpen(known, where) ? html`<${Words} most=${where.limits.text_chars} isBusy=${isBusy} onSend=${onSend} />`
      : html`<${Template} key=${where.id} channelId=${where.id} person=${{ ...known, name: known.name || name }}
          isForced onSend=${onSend} onDone=${onBack} />`)}`;
}

function Begin({ first = null }) {
  const [person, setPerson] = useState(first);
  const title = t("New conversation");
  return html`<${DialogHead} title=${title} />${person
    ? html`<${What} key=${person.id || person.addresses[0].value} person=${person} onBack=${() => setPerson(null)} />`
    : html`<${Whom} onPick=${setPerson} />`}`;
}

/** first: the customer, where it is known to whom. */
export const openBegin = (first) => openDialog(t("New conversation"), () => html`<${Begin} first=${first} />`, { className: "begin" });
