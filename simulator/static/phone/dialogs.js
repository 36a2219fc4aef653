// One place where dialogs open: a native <dialog>, so focus is trapped and goes back to the opener.
import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";
import { IconButton } from "./icon.js";
import { dialog } from "./state.js";
import { CustomerDialog } from "./customer-dialog.js";
import { FormDialog } from "./form-dialog.js";
import { GroupDialog } from "./group-dialog.js";
import { LinkDialog } from "./link-dialog.js";
import { LocationDialog } from "./location-dialog.js";
import { ContactDialog, EmojiDialog, PictureDialog, ReachDialog, RevokeDialog, RowsDialog } from "./small-dialogs.js";

const DIALOGS = {
  customer: { title: ({ phone }) => (phone ? "Rename this customer" : "New customer"), Body: CustomerDialog },
  form: { title: ({ title }) => title || "Form", Body: FormDialog },
  group: { title: () => "New group", Body: GroupDialog },
  link: { title: () => "Open a link", Body: LinkDialog },
  location: { title: () => "Send a location", Body: LocationDialog },
  contact: { title: () => "Send a contact", Body: ContactDialog },
  emoji: { title: () => "React", Body: EmojiDialog },
  picture: { title: ({ alt }) => alt, Body: PictureDialog, look: "wide" },
  reach: { title: () => "Open on your phone", Body: ReachDialog },
  revoke: { title: () => "Delete for everyone?", Body: RevokeDialog },
  rows: { title: ({ title, action }) => title || action.button || "Choose", Body: RowsDialog },
};

export function Dialogs() {
  const open = dialog.value;
  return open ? html`<${Open} key=${open.name} ...${open} />` : null;
}

function Open({ name, ...props }) {
  const box = useRef(null);
  const { title, Body, look = "" } = DIALOGS[name];
  const close = () => box.current?.close();
  useEffect(() => {
    const opener = document.activeElement;
    box.current.showModal();
    box.current.querySelector("[autofocus]")?.focus();
    return () => opener?.isConnected && opener.focus();
  }, []);
  const outside = (event) => { if (event.target === box.current) close(); };
  const closed = () => { dialog.value = null; };
  return html`<dialog class=${`dialog ${look}`} ref=${box} aria-labelledby="dialog-title" onClose=${closed} onClick=${outside}>
    <div class="inner"><header><h2 id="dialog-title" dir="auto">${title(props)}</h2>
      <${IconButton} name="x" label="Close" onClick=${close} /></header>
    <${Body} ...${props} close=${close} /></div>
  </dialog>`;
}
