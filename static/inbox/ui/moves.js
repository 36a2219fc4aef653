// Loaded when first asked for: the later part of a conversation becomes one of its own, two become one; undo.
import { go, t, toast } from "../base.js";
import { oops } from "../actions.js";
import { get, post, remove } from "../server.js";
import { thread } from "../store.js";
import { inOneLine, shortTime, whoIs } from "../text.js";
import { openPicker } from "./pickers.js";

async function undo(path, words) {
  try {
    const { id } = await remove(path);
    go({ thread: id });
    toast(words);
  } catch (problem) { oops(problem); }
}

/** Let a message and all that follows be a conversation of its own, and show that one. */
export async function splitFrom({ id, thread_id: where }) {
  try {
    const made = await post(`threads/${where}/splits`, { message_id: id });
    go({ thread: made.new_thread_id });
    const run = () => undo(`threads/${made.thread_id}/splits/${made.id}`, t("It is one conversation again."));
    toast(t("This is a conversation of its own now; the earlier one is closed."), { action: { label: t("Undo"), run } });
  } catch (problem) { oops(problem); }
}

async function join(id, other_id) {
  try {
    const made = await post(`threads/${id}/joins`, { other_id });
    go({ thread: made.thread_id });
    const run = () => undo(`threads/${made.thread_id}/joins/${made.id}`, t("They are two conversations again."));
    toast(t("Joined into one conversation"), { action: { label: t("Undo"), run } });
  } catch (problem) { oops(problem); }
}

/** Choose another conversation of the customer in this inbox, the one active last first, to be one with this one. */
export async function pickJoin(id, anchor) {
  const { customer, inbox_id: inbox } = thread(id).peek();
  try {
    const { data } = await get("threads", { view: "all", customer: customer.id, limit: 50 });
    const others = data.filter((row) => row.id !== id && row.inbox_id === inbox);
    if (!others.length) { toast(t("{name} has no other conversation in this inbox.", { name: whoIs(customer) })); return; }
    const option = ({ id: key, last_message: last, created_at: at }) => ({
      id: key, label: last ? inOneLine(last)[1] : t("No messages yet"), hint: shortTime(last?.at || at),
      icon: "message-square", run: () => join(id, key),
    });
    openPicker(anchor, { label: t("Join with"), options: () => others.map(option) });
  } catch (problem) { oops(problem); }
}
