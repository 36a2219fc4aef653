// Loaded when first asked for: the later part of a conversation becomes one of its own, and part of it again.
import { go, t, toast } from "../base.js";
import { oops } from "../actions.js";
import { post, remove } from "../server.js";

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
