// Calls of our own REST API. Every failure is a Problem with a code and a sentence for people.
import { newRef, signal, t } from "./base.js";

/** true while the server says we are not signed in; the page shows a dialog and keeps everything. */
export const signedOut = signal(false);

export class Problem extends Error {
  constructor(status, code, detail, body = {}, retryAfter = 0) {
    super(detail);
    Object.assign(this, { status, code, detail, body, retryAfter });
  }
  /** Whether asking again later, unchanged, can help. */
  get isPassing() {
    return this.status === 0 || this.status >= 500 || this.status === 429 || this.status === 401 || this.code === "still_running";
  }
}

const BASE = "/api/v1/";
/** The cookie is renewed when somebody signs in again, so it is read for every call. */
const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?parley_csrf=([^;]+)/)?.[1] || "";

function headers(method, key) {
  const out = { Accept: "application/json" };
  if (method !== "GET") out["X-CSRFToken"] = token();
  if (method === "POST") out["Idempotency-Key"] = key || newRef();
  return out;
}

/** The Problem in an answer that is not a success. A 409 without a code of its own means: still running. */
export function problemOf(status, text, retryAfter) {
  let body = {};
  try { body = JSON.parse(text) || {}; } catch { /* a proxy's page, not ours */ }
  const isOut = status === 401 || body.code === "not_signed_in";
  if (isOut) signedOut.value = true;
  const code = isOut ? "not_signed_in" : body.code || `http_${status}`;
  const detail = body.errors?.[0]?.detail || body.detail || body.title || t("The server answered {status}. Please try again.", { status });
  return new Problem(isOut ? 401 : status, code, detail, body, Number(retryAfter) || 0);
}

const offline = () => new Problem(0, "offline", t("The server cannot be reached. Check your connection."));

/** One call. path: below /api/v1/. key: Idempotency-Key of a POST, when it must outlive this call. */
export async function call(method, path, { body, key, signal: stop } = {}) {
  const init = { method, headers: headers(method, key), credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) { init.body = JSON.stringify(body); init.headers["Content-Type"] = "application/json"; }
  init.signal = stop || AbortSignal.timeout(30_000);
  let answer;
  let text;
  try {
    answer = await fetch(BASE + path, init);
    text = await answer.text();
  } catch { throw offline(); }
  if (!answer.ok) throw problemOf(answer.status, text, answer.headers.get("Retry-After"));
  return text ? JSON.parse(text) : null;
}

export const get = (path, query, options) => call("GET", query ? `${path}?${new URLSearchParams(query)}` : path, options);
export const post = (path, body, options) => call("POST", path, { body, ...options });
export const put = (path, body) => call("PUT", path, { body });
export const patch = (path, body) => call("PATCH", path, { body });
export const remove = (path) => call("DELETE", path);

/** Upload one file. onProgress gets 0…1. Returns {done: Promise<Attachment>, cancel()}. */
export function upload(file, { kind, key, onProgress }) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("POST", `${BASE}attachments`);
    for (const [name, value] of Object.entries(headers("POST", key))) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(offline());
    request.onabort = () => reject(new Problem(0, "cancelled", t("Cancelled")));
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText));
      else reject(problemOf(request.status, request.responseText, request.getResponseHeader("Retry-After")));
    };
    const form = new FormData();
    form.append("file", file, file.name);
    if (kind) form.append("kind", kind);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}
