// The sheet over the chat that shows files before they are sent.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { draftNow, focusComposer, setDraft } from "./drafts.js";
import { dropStaged, sendStaged } from "./staged.js";
import { sizeWords } from "./words.js";

export function StageSheet() {
  const { files } = draftNow();
  return files.length ? html`<${Sheet} files=${files} />` : null;
}

function Sheet({ files }) {
  const [caption, setCaption] = useState("");
  const field = useRef(null);
  useEffect(() => field.current.focus(), []);
  const close = () => { files.forEach((f) => URL.revokeObjectURL(f.preview)); setDraft({ files: [] }); focusComposer(); };
  const go = (event) => { event.preventDefault(); sendStaged(caption); focusComposer(); };
  return html`<form class="stagesheet" aria-label="Files to send" onSubmit=${go} onKeyDown=${(event) => { if (event.key === "Escape") close(); }}>
    <header><button class="icon" type="button" aria-label="Do not send" onClick=${close}><${Icon} name="x" /></button>
      <h2>${files.length === 1 ? files[0].media.filename : `${files.length} files`}</h2></header>
    <ul class=${files.length === 1 ? "one" : ""}>${files.map((file, i) => html`<${Staged} key=${file.preview} staged=${file} at=${i} isOnly=${files.length === 1} />`)}</ul>
    <div class="writeline"><div class="box"><input ref=${field} dir="auto" aria-label="Caption" placeholder="Add a caption" maxlength="1024" value=${caption} data-testid="phone-caption"
        onInput=${(event) => setCaption(event.currentTarget.value)} /></div>
      <button class="roundb" type="submit" data-testid="phone-send-files" aria-label=${`Send ${files.length === 1 ? "file" : `${files.length} files`}`}><${Icon} name="send-horizontal" /></button></div>
  </form>`;
}

function Staged({ staged, at, isOnly }) {
  const { kind, preview, media } = staged;
  return html`<li>
    ${kind === "image" ? html`<img src=${preview} alt=${media.filename} />` : kind === "video" ? html`<video src=${preview} muted preload="metadata" />`
      : html`<span class="filecard"><${Icon} name=${kind === "audio" ? "music" : "file-text"} /><b dir="auto">${media.filename}</b></span>`}
    <small class="num">${sizeWords(media.size)}</small>
    ${isOnly ? null : html`<button class="icon" type="button" aria-label=${`Remove ${media.filename}`} onClick=${() => dropStaged(at)}><${Icon} name="x" /></button>`}
  </li>`;
}
