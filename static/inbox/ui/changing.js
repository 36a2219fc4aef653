// Labels and priority of a conversation, changed: comes with the pickers and the palette.
import { t } from "../base.js";
import { PRIORITIES, change } from "../actions.js";
import { put } from "../server.js";
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
