// The paper clip: photos and films, document, location, contact. Also the hidden file field tests and readers use.
import { useRef } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { addFiles } from "./staged.js";
import { beside } from "./beside.js";
import { dialog } from "./state.js";

export function AttachMenu() {
  const box = useRef(null);
  const any = useRef(null);
  const document_ = useRef(null);
  const open = (event) => { box.current.showPopover(); beside(box.current, event.currentTarget); box.current.querySelector("button").focus(); };
  const run = (action) => () => { box.current.hidePopover(); action(); };
  const take = (kind) => (event) => { addFiles([...event.currentTarget.files], kind); event.currentTarget.value = ""; };
  return html`
    <button class="icon" type="button" aria-label="Attach" aria-haspopup="menu" data-testid="phone-attach" onClick=${open}><${Icon} name="paperclip" /></button>
    <input class="vh" type="file" multiple tabindex="-1" aria-label="Choose files to send" ref=${any} data-testid="phone-file" onChange=${take()} />
    <input class="vh" type="file" multiple tabindex="-1" aria-label="Choose documents to send" ref=${document_} data-testid="phone-document" onChange=${take("document")} />
    <div class="menu attach" popover="auto" role="menu" aria-label="Attach" ref=${box} onKeyDown=${walk}><div class="items">
      <${Item} icon="image" tone="photo" words="Photos and films" onClick=${run(() => any.current.click())} />
      <${Item} icon="file-text" tone="file" words="Document" onClick=${run(() => document_.current.click())} />
      <${Item} icon="map-pin" tone="spot" words="Location" onClick=${run(() => { dialog.value = { name: "location" }; })} />
      <${Item} icon="contact" tone="card" words="Contact" onClick=${run(() => { dialog.value = { name: "contact" }; })} />
    </div></div>`;
}

const Item = ({ icon, tone, words, onClick }) =>
  html`<button type="button" role="menuitem" onClick=${onClick}><span class=${`spot ${tone}`}><${Icon} name=${icon} /></span><span>${words}</span></button>`;

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  event.preventDefault();
  buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
}
