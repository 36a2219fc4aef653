// Loaded when first asked for: pictures at full size, and everything that is known of one message.
import { Icon, html, locale, t, toast, useEffect, useState } from "../base.js";
import { get } from "../server.js";
import { findMessage, timeline } from "../store.js";
import { full } from "../text.js";
import { DialogHead, closeLayer, openDialog } from "./layers.js";
import { statusName } from "./message.js";
import { Text } from "./pieces.js";

const picturesOf = (threadId) => timeline(threadId).value.entries.flatMap((entry) => entry.message?.attachments || [])
  .filter((file) => file.kind === "image" && file.state === "ready" && file.url);

function Tool({ name, icon, run, isOff, look = "" }) {
  return html`<button type="button" class=${`iconbtn ${look}`} aria-label=${name} title=${name} disabled=${isOff}
    onClick=${run}><${Icon} name=${icon} /></button>`;
}

function Lightbox({ threadId, first }) {
  const files = picturesOf(threadId);
  const [id, setId] = useState(first);
  const [zoom, setZoom] = useState(1);
  const at = Math.max(0, files.findIndex((file) => file.id === id));
  const file = files[at];
  if (!file) return null;
  const show = (to) => { if (files[to]) { setId(files[to].id); setZoom(1); } };
  const scale = (by) => setZoom((old) => Math.max(1, Math.min(5, old * by)));
  const [larger, smaller] = [() => scale(1.4), () => scale(1 / 1.4)];
  const ahead = document.dir === "rtl" ? -1 : 1;
  const onKey = (event) => {
    const run = {
      ArrowRight: () => show(at + ahead), ArrowLeft: () => show(at - ahead), "+": larger, "=": larger, "-": smaller,
      0: () => setZoom(1),
    }[event.key];
    if (run) { event.preventDefault(); run(); }
  };
  const onWheel = (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    scale(event.deltaY < 0 ? 1.15 : 1 / 1.15);
  };
  const isZoomed = zoom > 1;
  const save = t("Download");
  return html`<div class="lightbox-in" onKeyDown=${onKey}>
    <header><span dir="auto">${file.filename}</span><span class="num">${at + 1} / ${files.length}</span>
      <${Tool} name=${t("Smaller")} icon="zoom-out" run=${smaller} isOff=${!isZoomed} />
      <${Tool} name=${t("Larger")} icon="zoom-in" run=${larger} isOff=${zoom >= 5} />
      <a class="iconbtn" href=${file.url} download=${file.filename || ""} aria-label=${save} title=${save}>
        <${Icon} name="download" /></a><${Tool} name=${t("Close")} icon="x" run=${closeLayer} /></header>
    <div class="stage" onWheel=${onWheel} onClick=${(event) => event.target === event.currentTarget && closeLayer()}>
      <img key=${file.id} src=${file.url} alt=${file.filename || t("Photo")} class=${isZoomed ? "zoomed" : ""}
        style=${{ width: isZoomed ? `${zoom * 100}%` : "" }} onClick=${() => setZoom(isZoomed ? 1 : 2)} /></div>
    ${files.length > 1 && html`<${Tool} name=${t("Previous picture")} icon="chevron-left" look="prev" isOff=${!at}
        run=${() => show(at - 1)} /><${Tool} name=${t("Next picture")} icon="chevron-right" look="next"
        isOff=${at === files.length - 1} run=${() => show(at + 1)} />`}</div>`;
}

/** All pictures of a conversation, one at a time. first: an attachment's id. */
export function openLightbox(threadId, first) {
  openDialog(t("Picture"), () => html`<${Lightbox} threadId=${threadId} first=${first} />`, { className: "lightbox" });
}

/** The amount, and who names it; the currency's own decimals, more where they say something. */
function amountWords({ source, amount }) {
  const by = { told: () => t("named by the provider"), listed: () => t("by your price list") }[source];
  const money = amount && new Intl.NumberFormat(locale, { style: "currency", currency: amount.currency, maximumFractionDigits: 6 });
  return money && `${money.format(Number(amount.amount))} (${by()})`;
}

/** What it costs, in words: the amount when it is known, and what the provider says. */
function priceWords(pricing, cost) {
  return [cost && amountWords(cost), toldWords(pricing)].filter(Boolean).join(" · ");
}

function toldWords(pricing) {
  if (!pricing) return "";
  const { category, type, billable } = pricing;
  const cost = billable === false || (type && type !== "regular") ? t("free") : billable ? t("charged") : "";
  return [cost, category, type !== "regular" && type, pricing.pricing_model].filter(Boolean).join(" · ").replace(/_/g, " ");
}

function Fact({ name, value, isId }) {
  const copy = () => navigator.clipboard.writeText(value).then(() => toast(t("Copied")), () => toast(t("Copying was not allowed.")));
  return html`<dt>${name}</dt><dd><code>${value}</code>${isId && html`<button type="button" class="iconbtn s" onClick=${copy}
    aria-label=${t("Copy {name}", { name })} title=${t("Copy")}><${Icon} name="copy" /></button>`}</dd>`;
}

/** What is only asked for here: the texts before the customer changed them, what the message came to. */
function useMore({ id, direction, edited_at: isEdited }) {
  const [more, set] = useState({ versions: [], cost: null });
  useEffect(() => {
    const keep = (part) => set((old) => ({ ...old, ...part }));
    const fail = (problem) => toast(problem.detail, { tone: "danger" });
    if (isEdited) get(`messages/${id}/versions`).then(({ data }) => keep({ versions: data }), fail);
    if (direction === "outbound") get(`messages/${id}/cost`).then(keep, fail);
  }, [id, isEdited]);
  return more;
}

const Version = ({ text, at }) => html`<li><time>${full(at)}</time><${Text} text=${text} /></li>`;

function Details({ message: given }) {
  const message = findMessage(given.thread_id, given.id) || given;
  const { versions, cost } = useMore(message);
  const step = ({ status, at, detail }) => html`<tr><td>${statusName(status) || t("Received")}</td>
    <td><time>${full(at)}</time></td><td dir="auto">${detail || ""}</td></tr>`;
  const { code, title, detail, provider_code } = message.error || {};
  const facts = [
    [t("Message id"), message.id, true], [t("Provider id"), message.provider_id, true],
    [t("Reference"), message.client_ref, true], [t("Attempts"), message.attempts], [t("Price"), priceWords(message.pricing, cost)],
    [t("Error"), [title, detail, provider_code, code].filter(Boolean).join(" · ")],
  ].filter(([, value]) => value);
  return html`<${DialogHead} title=${t("Message details")} />
    <table class="details" data-testid="statuses"><tbody>${message.status_history.map(step)}</tbody></table>
    ${versions.length > 0 && html`<h3>${t("Earlier texts")}</h3>
      <ol class="versions" data-testid="versions">${versions.map((one) => html`<${Version} key=${one.at} ...${one} />`)}</ol>`}
    <dl class="ids">${facts.map(([name, value, isId]) => html`<${Fact} name=${name} value=${value} isId=${isId} />`)}</dl>`;
}

/** Every status with its time, the ids to copy, what went wrong. */
export function openDetails(message) {
  openDialog(t("Message details"), () => html`<${Details} message=${message} />`);
}
