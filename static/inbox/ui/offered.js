// What a choice or template shows beside words: files of which only the address is known, and the rows of a list.
import { Icon, html, t, tn, useEffect } from "../base.js";
import { post } from "../server.js";
import { Attachment } from "./pieces.js";

const ICONS = { image: "image", video: "video" };
const asked = new Set(); // ids of messages whose files the server was asked to fetch; the answer comes as an event

/** Only for what the server has: not for a preview, nor for what is still on its way to it. */
function ask({ id, status_history: past }) {
  if (!past?.length || asked.has(id)) return;
  asked.add(id);
  post(`messages/${id}/linked_files`).catch(() => asked.delete(id));
}

/** A picture or film once the server has fetched and kept it, never by this browser; before that, and for a document,
    its kind and address; or one that was uploaded. header: {kind: {link} or {attachment_id}}. */
export function Linked({ header, message }) {
  const [kind, { link, filename, attachment_id: own }] = Object.entries(header).find(([, one]) => one?.link || one?.attachment_id) || ["document", {}];
  const file = message.attachments.find((one) => (own ? one.id === own : one.link === link));
  useEffect(() => { if (link && !file && ICONS[kind]) ask(message); }, [message.id, link]);
  const words = { image: t("Picture"), video: t("Video") }[kind];
  if (file?.url) return html`<${Attachment} file=${file} threadId=${message.thread_id} words=${words} />`;
  return link && html`<small class="card-foot" dir="auto" title=${file?.detail || ""}>
    <${Icon} name=${ICONS[kind] || "file-text"} /> ${filename || link}</small>`;
}

/** What a list offers, folded as on the phone. */
export function Rows({ sections }) {
  const count = sections.flatMap((section) => section.rows || []).length;
  const row = ({ title, description }) => html`<span class="choice-row" dir="auto">${title}
    ${description && html`<small>${description}</small>`}</span>`;
  const part = ({ title, rows = [] }) => html`${title && html`<b dir="auto">${title}</b>`}${rows.map(row)}`;
  return html`<details class="choice-rows"><summary>${tn("{n} option", "{n} options", count)}</summary>
    ${sections.map(part)}</details>`;
}
