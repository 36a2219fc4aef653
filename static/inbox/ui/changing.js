// Labels and priority of a conversation, details of a customer, changed: comes with what offers that.
import { t } from "../base.js";
import { PRIORITIES, change } from "../actions.js";
import { call, put } from "../server.js";
import { apply, directory, thread } from "../store.js";

export function setLabels(id, labels, { quiet } = {}) {
  const old = thread(id).peek().labels;
  const known = directory.peek().labels;
  const unknown = labels.filter((name) => !known.some((one) => one.name === name));
  // The colours the server will give them, so that nothing changes when the page is loaded again.
  const made = unknown.map((name, i) => ({ name, colour: (labels.length - unknown.length + i) % 8 }));
  if (made.length) apply({ type: "page.labels", data: [...known, ...made] });
  const undo = quiet ? null : { text: t("Labels changed"), run: () => setLabels(id, old, { quiet: true }) };
  return change(id, { labels }, () => put(`threads/${id}/labels`, { labels }), undo);
}

export function setPriority(id, priority, { quiet } = {}) {
  const old = thread(id).peek().priority;
  const words = t("Priority: {name}", { name: PRIORITIES[priority]() });
  const undo = quiet ? null : { text: words, run: () => setPriority(id, old, { quiet: true }) };
  return change(id, { priority }, () => put(`threads/${id}/priority`, { priority }), undo);
}

/** Change a customer. Returns null, or the newer customer when somebody else changed it first. */
export async function editCustomer(customer, patch) {
  try {
    const body = { ...patch, version: customer.version };
    apply({ type: "loaded.customer", data: await call("PATCH", `customers/${customer.id}`, { body }) });
    return null;
  } catch (problem) {
    if (problem.code !== "conflict") throw problem;
    return problem.body.customer;
  }
}
