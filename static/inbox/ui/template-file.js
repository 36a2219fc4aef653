// The file above a template: uploaded here, or named by its address.
import { Icon, html, t, useEffect, useRef, useState } from "../base.js";
import { upload } from "../server.js";
import { channel } from "../store.js";

/** One upload at a time: [{progress?, problem?, attachment?} or null, start(file), drop()]. */
function useUpload(kind) {
  const [state, set] = useState(null);
  const job = useRef(null);
  const drop = () => { job.current?.cancel(); job.current = null; set(null); };
  useEffect(() => () => job.current?.cancel(), []);
  const start = (file) => {
    drop();
    const mine = upload(file, { kind, onProgress: (progress) => set({ name: file.name, progress }) });
    job.current = mine;
    set({ name: file.name, progress: 0 });
    const ifMine = (next) => { if (job.current === mine) set(next); };
    mine.done.then((attachment) => ifMine({ name: file.name, attachment }), (problem) => ifMine({ problem: problem.detail }));
  };
  return [state, start, drop];
}

function choose(kind, channelId, onFile) {
  const accept = channel(channelId)?.limits.files[kind]?.mimes.join(",") || "";
  const input = Object.assign(document.createElement("input"), { type: "file", accept });
  input.onchange = () => { if (input.files[0]) onFile(input.files[0]); };
  input.click();
}

/** Beside the address: a button to choose a file; in its place what was chosen, under this name. onFile gets the
    attachment or null, and whether one is on its way. */
export function FilePick({ field, name, channelId, address, onFile }) {
  const [state, start, drop] = useUpload(field.file);
  useEffect(() => onFile(state?.attachment || null, Boolean(state?.name && !state.attachment)), [state?.attachment, state?.name]);
  if (!state?.name) {
    return html`${address}<div class="file-pick"><button type="button" class="btn slim" data-testid="pick-file"
      onClick=${() => choose(field.file, channelId, start)}><${Icon} name="upload" /> ${t("Choose a file")}</button></div>
      ${state?.problem && html`<small class="field-error" role="alert">${state.problem}</small>`}`;
  }
  const percent = Math.round((state.progress || 0) * 100);
  const words = state.attachment ? state.name : t("{name}, {n} % uploaded", { name: state.name, n: percent });
  return html`<div class="field"><span>${name}</span><div class="file-pick" role="status"><span dir="auto">${words}</span>
    <button type="button" class="iconbtn s" aria-label=${t("Take the file out")} title=${t("Take the file out")} onClick=${drop}>
      <${Icon} name="x" /></button></div></div>`;
}
