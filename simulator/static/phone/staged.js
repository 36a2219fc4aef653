// Files chosen but not yet sent: checked before upload with the limit in the sentence, shown with a caption, then sent.
import { draftNow, setDraft } from "./drafts.js";
import { send } from "./outbox.js";
import { show } from "./announce.js";
import { place } from "./state.js";

// What WhatsApp's own clients take; larger pictures and films are sent as documents, as people do.
const LIMITS = { image: 16e6, video: 16e6, audio: 16e6, document: 100e6 };
const PICTURES = new Set(["image/jpeg", "image/png", "image/webp"]);
const FILMS = new Set(["video/mp4", "video/3gpp"]);
const SOUNDS = new Set(["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/x-m4a"]);

/** The kind of message a file becomes. */
export function kindOf({ type, size }) {
  if (PICTURES.has(type) && size <= LIMITS.image) return "image";
  if (FILMS.has(type) && size <= LIMITS.video) return "video";
  if (SOUNDS.has(type.split(";")[0]) && size <= LIMITS.audio) return "audio";
  return "document";
}

/** Put files into the open chat's draft; refused ones are named with the reason. */
export async function addFiles(files, forced) {
  const fit = files.filter(isFit);
  const staged = await Promise.all(fit.map((file) => stage(file, forced ?? kindOf(file))));
  if (staged.length) setDraft({ files: [...draftNow().files, ...staged] });
}

function isFit(file) {
  if (file.size === 0) show(`“${file.name}” is empty.`);
  else if (file.size > LIMITS.document) show(`“${file.name}” has ${Math.round(file.size / 1e6)} MB; a phone sends at most 100 MB.`);
  else return true;
  return false;
}

async function stage(file, kind) {
  const preview = URL.createObjectURL(file);
  const size = kind === "image" ? await measure(file) : {};
  return { file, kind, preview, media: { mime: file.type || "application/octet-stream", filename: file.name, size: file.size, ...size } };
}

async function measure(file) {
  try {
    const { width, height } = await createImageBitmap(file);
    return { width, height };
  } catch {
    return {};
  }
}

export function dropStaged(at) {
  const { files } = draftNow();
  URL.revokeObjectURL(files[at].preview);
  setDraft({ files: files.filter((_, i) => i !== at) });
}

/** Send all staged files, the caption on the first. */
export function sendStaged(caption) {
  const { files, quote } = draftNow();
  setDraft({ files: [], quote: null });
  files.forEach((staged, i) => sendFile(staged, i === 0 ? caption.trim() : "", i === 0 ? quote?.id : undefined));
}

/** Send one file. `extra` is shown until the server's own measures arrive (a voice note's length and waveform). */
export function sendFile({ file, kind, preview, media }, caption, reply_to, extra = {}) {
  const { channel, number } = place.value;
  const fields = { kind, text: caption, reply_to, preview, media: { ...media, ...extra } };
  send(channel, number, fields, (client_ref) => formOf({ client_ref, kind, caption, reply_to, file }));
}

function formOf({ file, ...fields }) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  form.append("file", file, file.name);
  return form;
}
