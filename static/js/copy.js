// <button data-copy="id"> copies the text of that element and says so for a moment.

const SAID_MS = 1_600;

/** Select the text where the clipboard is forbidden, so that Ctrl+C takes it. */
function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

async function copy(button, source) {
  const words = button.querySelector("span") ?? button;
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    words.textContent = button.dataset.done ?? "Copied";
  } catch {
    select(source);
    words.textContent = button.dataset.failed ?? "Press Ctrl+C";
  }
  setTimeout(() => { words.textContent = before; }, SAID_MS);
}

/** Make every copy button under root work, now and later. */
export function watchCopying(root) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    const source = button && document.getElementById(button.dataset.copy);
    if (source && button.dataset.busy === undefined) {
      button.dataset.busy = "";
      copy(button, source).finally(() => setTimeout(() => delete button.dataset.busy, SAID_MS));
    }
  });
}
