// Pictures, films, stickers and documents in a bubble. Known sizes are reserved before anything loads.
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Folded } from "./folded.js";
import { dialog } from "./state.js";
import { sizeWords } from "./words.js";

const sourceOf = ({ preview, media }) => preview ?? media?.url;

/** The box a picture will fill, so that nothing jumps when it arrives. */
function box({ width, height } = {}) {
  const ratio = width && height ? Math.min(1.9, Math.max(0.62, width / height)) : 4 / 3;
  return { "--ratio": ratio };
}

export function Picture({ message, meta, isHeader }) {
  const [isBroken, broken] = useState(false);
  const alt = message.text ? `Photo: ${message.text}` : "Photo";
  if (isBroken || !sourceOf(message)) return html`<${Missing} words="This picture could not be loaded." meta=${meta} />`;
  const open = () => { dialog.value = { name: "picture", src: sourceOf(message), alt, text: message.text }; };
  return html`<button type="button" class=${`pic ${isHeader ? "top" : ""}`} style=${box(message.media)} aria-label=${`Open ${alt}`} onClick=${open}>
      <img src=${sourceOf(message)} alt=${alt} loading="lazy" decoding="async" onError=${() => broken(true)} />
    </button>
    ${message.text ? html`<${Folded} text=${message.text} />${meta}` : meta && html`<span class="over">${meta}</span>`}`;
}

export function Video({ message, meta, isHeader }) {
  return html`<video class=${`pic ${isHeader ? "top" : ""}`} style=${box(message.media)} src=${sourceOf(message)}
      controls preload="metadata" aria-label=${message.text || "Video"} />
    ${message.text ? html`<${Folded} text=${message.text} />` : null}${meta}`;
}

export function Sticker({ message, meta }) {
  return html`<img class="stick" src=${sourceOf(message)} alt="Sticker" loading="lazy" />${meta}`;
}

export function Document({ message, meta }) {
  const { filename, mime, size } = message.media ?? {};
  const kind = (filename?.match(/\.([a-z0-9]{1,5})$/i)?.[1] ?? mime?.split("/")[1] ?? "file").toUpperCase();
  const caption = message.text && message.text !== filename ? message.text : null;
  return html`<a class="doc" title=${filename} href=${sourceOf(message)} download=${filename || "document"} target="_blank" rel="noopener">
      <span class="sheet" aria-hidden="true">${kind.slice(0, 4)}</span>
      <span class="docname"><b dir="auto">${filename || "Document"}</b><small>${[kind, sizeWords(size)].filter(Boolean).join(" · ")}</small></span>
      <${Icon} name="download" label="Download" />
    </a>
    ${caption ? html`<${Folded} text=${caption} />` : null}${meta}`;
}

function Missing({ words, meta }) {
  return html`<p class="text gone"><${Icon} name="image-off" />${words}</p>${meta}`;
}
