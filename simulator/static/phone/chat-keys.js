// Keys on the messages: arrows walk, q quotes, + reacts, m opens the menu, Space plays, e edits, Esc goes back to writing.
import { startEdit, startReply } from "./drafts.js";
import { canEdit } from "./menu.js";

/** The key handler of the chat. `current` is the message that holds the place. */
export function chatKeys(list, current, setCurrent, openMenu) {
  return (event) => {
    if (event.target.matches("input, textarea, video, [role=slider]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const held = event.target.closest("[data-row]")?.dataset.row ?? current;
    const at = list.findIndex((m) => m.id === held);
    const message = list[at];
    if (!message) return;
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: list.length - 1 }[event.key];
    if (to !== undefined) return walk(event, list[to], setCurrent);
    perform(event, message, openMenu);
  };
}

function walk(event, message, setCurrent) {
  event.preventDefault();
  if (!message) return;
  setCurrent(message.id);
  event.currentTarget.querySelector(`[data-wamid="${CSS.escape(message.id)}"]`)?.focus();
}

function perform(event, message, openMenu) {
  const bubble = event.currentTarget.querySelector(`[data-wamid="${CSS.escape(message.id)}"]`);
  const isOnBubble = event.target === bubble;
  const actions = {
    q: () => startReply(message),
    "+": () => openMenu(bubble, message, "reactions"),
    m: () => openMenu(bubble, message, "items"),
    e: () => canEdit(message) && startEdit(message),
    " ": isOnBubble && (() => bubble.querySelector(".playb, button.pic")?.click()),
    Enter: isOnBubble && (() => openMenu(bubble, message, "items")),
    Escape: () => document.getElementById("composer")?.focus(),
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}
