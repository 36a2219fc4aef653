// The sheet over the chat that shows files before they are sent.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon, IconButton } from "./icon.js";
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
  const isOne = files.length === 1;
  const many = `${files.length} files`;
  const close = () => { files.forEach((f) => URL.revokeObjectURL(f.preview)); setDraft({ files: [] }); focusComposer(); };
  const go = (event) => { event.preventDefault(); sendStaged(caption); focusComposer(); };
  return html`<form class="stagesheet" aria-label="Files to send" onSubmit=${go} onKeyDown=${(event) => { if (event.key === "Escape") close(); }}>
    <header><${IconButton} name="x" label="Do not send" onClick=${close} /><h2>${isOne ? files[0].media.filename : many}</h2></header>
    <ul class=${isOne ? "one" : ""}>
      ${files.map((file, i) => html`<${Staged} key=${file.preview} staged=${file} at=${i} isOnly=${isOne} />`)}
    </ul>
    <div class="writeline"><div class="box">
        <input ref=${field} dir="auto" aria-label="Caption" placeholder="Add a caption" maxlength="1024" value=${caption}
          data-testid="phone-caption" onInput=${({ currentTarget }) => setCaption(currentTarget.value)} /></div>
      <button class="roundb" type="submit" data-testid="phone-send-files" aria-label=${`Send ${isOne ? "file" : many}`}>
        <${Icon} name="send-horizontal" /></button></div>
  </form>`;
}

function Preview({ kind, source, name }) {
  if (kind === "image") return html`<img src=${source} alt=${name} />`;
  if (kind === "video") return html`<video src=${source} muted preload="metadata" />`;
  return html`<span class="filecard"><${Icon} name=${kind === "audio" ? "music" : "file-text"} /><b dir="auto">${name}</b></span>`;
}

function Staged({ staged, at, isOnly }) {
  const { kind, preview, media } = staged;
  return html`<li>
    <${Preview} kind=${kind} source=${preview} name=${media.filename} />
    <small class="num">${sizeWords(media.size)}</small>
    ${isOnly ? null : html`<${IconButton} name="x" label=${`Remove ${media.filename}`} onClick=${() => dropStaged(at)} />`}
  </li>`;
}
