// Copying, with a sentence about how it went.
import { show } from "./announce.js";

/** Put a text on the clipboard; `words` says so. Without permission the text itself may be said by `otherwise`. */
export async function copy(text, words, otherwise = "The browser did not allow copying: it needs localhost or https.") {
  try {
    await navigator.clipboard.writeText(text);
    show(words);
  } catch {
    show(otherwise);
  }
}
