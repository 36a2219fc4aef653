// Calls to the simulator. Two kinds of trouble: Refused (it said no, with a sentence) and Unreachable (no answer).

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Unreachable extends Error {
  constructor() {
    super("The simulator does not answer.");
  }
}

async function call(method, path, body) {
  const isForm = body instanceof FormData;
  const headers = body && !isForm ? { "Content-Type": "application/json" } : {};
  let response;
  try {
    // keepalive lets "I no longer look" out when the page closes; it holds small bodies only.
    response = await fetch(path, { method, headers, body: isForm ? body : body && JSON.stringify(body), keepalive: path.endsWith("/open") });
  } catch {
    throw new Unreachable();
  }
  if (response.status >= 502) throw new Unreachable();
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(response.status, sentence(answer, response.status));
  return answer;
}

function sentence(answer, status) {
  const told = answer?.detail ?? answer?.error?.message ?? answer?.error ?? answer?.message;
  return typeof told === "string" ? told : `The simulator answered ${status}.`;
}

const chat = (channel, number) => `/phone/chats/${encodeURIComponent(channel)}/${encodeURIComponent(number)}`;

export const getState = () => call("GET", "/phone/state");
export const getLog = () => call("GET", "/control/log?limit=200");
export const getMessages = (channel, number, before) =>
  call("GET", `${chat(channel, number)}?limit=60${before ? `&before=${encodeURIComponent(before)}` : ""}`);
export const getCustomer = (number) => call("GET", `/phone/customers/${encodeURIComponent(number)}`);
export const addCustomer = (fields) => call("POST", "/phone/customers", fields);
export const changeCustomer = (number, fields) => call("PATCH", `/phone/customers/${encodeURIComponent(number)}`, fields);
export const setUpAnew = (number) => call("POST", `/phone/customers/${encodeURIComponent(number)}/device`);
export const addGroup = (fields) => call("POST", "/control/groups", fields);
const group = (id) => `/control/groups/${encodeURIComponent(id)}`;
export const joinGroup = (id, fields) => call("POST", `${group(id)}/members`, fields);
export const leaveGroup = (id, number) => call("DELETE", `${group(id)}/members?from=${encodeURIComponent(number)}`);
export const suspendGroup = (id, isSuspended) => call(isSuspended ? "POST" : "DELETE", `${group(id)}/suspension`);
export const followLink = (code) => call("GET", `/phone/links/${encodeURIComponent(code)}`);
export const postMessage = (channel, number, body) => call("POST", `${chat(channel, number)}/messages`, body);
export const stepForm = (channel, number, body) => call("POST", `${chat(channel, number)}/flows`, body);
export const retryMessage = (id) => call("POST", `/phone/messages/${encodeURIComponent(id)}/retry`);
export const actOnCall = (sid, what) => call("POST", `/phone/calls/${encodeURIComponent(sid)}`, what);
export const postVoiceCall = (channel, number, body) => call("POST", `${chat(channel, number)}/call`, body);
export const actOnVoiceCall = (id, what) => call("POST", `/phone/voice_calls/${encodeURIComponent(id)}`, what);
export const markPlayed = (id) => call("POST", `/phone/messages/${encodeURIComponent(id)}/played`);
export const setOpen = (channel, number, open) => call("POST", `${chat(channel, number)}/open`, { open });
export const setFault = (fault) => call("POST", "/control/faults", fault);
export const getFaults = () => call("GET", "/control/faults");
export const clearFaults = () => call("DELETE", "/control/faults");
