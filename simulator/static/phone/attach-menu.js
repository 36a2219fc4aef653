// The paper clip: photos and films, document, location, contact. The file fields behind it are found by tests too.
import { useRef } from "preact/hooks";
import { html } from "./html.js";
import { Icon, IconButton } from "./icon.js";
import { arrows, COLUMN } from "./arrows.js";
import { addFiles } from "./staged.js";
import { beside } from "./beside.js";
import { dialog } from "./state.js";

export function AttachMenu() {
  const box = useRef(null);
  const files = useRef(null);
  const papers = useRef(null);
  const open = (event) => {
    box.current.showPopover();
    beside(box.current, event.currentTarget);
    box.current.querySelector("button").focus();
  };
  const run = (action) => () => { box.current.hidePopover(); action(); };
  const ask = (name) => run(() => { dialog.value = { name }; });
  return html`
    <${IconButton} name="paperclip" label="Attach" aria-haspopup="menu" data-testid="phone-attach" onClick=${open} />
    <${FileField} field=${files} label="Choose files to send" testid="phone-file" />
    <${FileField} field=${papers} label="Choose documents to send" testid="phone-document" kind="document" />
    <div class="menu attach" popover="auto" role="menu" aria-label="Attach" ref=${box} onKeyDown=${arrows(COLUMN)}><div class="items">
      <${Item} icon="image" tone="photo" words="Photos and films" onClick=${run(() => files.current.click())} />
      <${Item} icon="file-text" tone="file" words="Document" onClick=${run(() => papers.current.click())} />
      <${Item} icon="map-pin" tone="place" words="Location" onClick=${ask("location")} />
      <${Item} icon="contact" tone="person" words="Contact" onClick=${ask("contact")} />
    </div></div>`;
}

function FileField({ field, label, testid, kind }) {
  const take = ({ currentTarget }) => {
    addFiles([...currentTarget.files], kind);
    currentTarget.value = ""; // the same file may be chosen again
  };
  return html`<input class="vh" type="file" multiple tabindex="-1" ref=${field} aria-label=${label} data-testid=${testid} onChange=${take} />`;
}

function Item({ icon, tone, words, onClick }) {
  return html`<button type="button" role="menuitem" onClick=${onClick}>
    <span class=${`spot ${tone}`}><${Icon} name=${icon} /></span><span>${words}</span>
  </button>`;
}
