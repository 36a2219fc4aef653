// Watching a conversation: hearing of what happens in it without working on it. Loaded when first wanted.
import { t } from "../base.js";
import { change } from "../actions.js";
import { put, remove } from "../server.js";
import { isMine, session, thread } from "../store.js";
import { whoIs } from "../text.js";

/** Watch a conversation, or no longer. */
export function toggleWatch(id, { quiet } = {}) {
  const { customer, watcher_ids: ids } = thread(id).peek();
  const others = ids.filter((one) => !isMine(one));
  const isOn = others.length === ids.length;
  const path = `threads/${id}/watch`;
  const words = isOn ? t("You watch {name}", { name: whoIs(customer) }) : t("You no longer watch {name}", { name: whoIs(customer) });
  const undo = quiet ? null : { text: words, run: () => toggleWatch(id, { quiet: true }) };
  const patch = { watcher_ids: isOn ? [...others, session.peek().me.id] : others };
  return change(id, patch, () => (isOn ? put(path, {}) : remove(path)), undo);
}
