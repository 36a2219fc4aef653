// Gives the words in brackets that reach over the edge of what shows them, or of the window. What is shortened
// by dots has its whole text in its title, and what only screen readers find, or stands for a
// message in the list, is not looked at.
() => {
  const ALONE = "option, script, textarea, .vh, .skip, .snip";
  const found = new Set();
  const width = document.documentElement.clientWidth;
  const isSeen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const place = (text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    return range.getBoundingClientRect();
  };
  /** The nearest box that cuts off what reaches over it; null when one can scroll to it. */
  const frame = (element) => {
    for (let box = element; box !== document.body; box = box.parentElement) {
      const { overflowX } = getComputedStyle(box);
      if (/auto|scroll/.test(overflowX)) return null;
      if (overflowX !== "visible") return box;
    }
    return document.body;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, home = text.parentElement;
    if (!/[⟦⟧]/.test(text.data) || home.closest(ALONE) || !isSeen(home)) continue;
    const box = frame(home), words = place(text);
    if (!box || words.width < 2 || box.offsetWidth < 2) continue;
    if (getComputedStyle(box).textOverflow === "ellipsis" && box.closest("[title]")) continue;
    const edge = box === document.body ? { left: 0, right: width } : box.getBoundingClientRect();
    if (words.left >= edge.left - 1 && words.right <= edge.right + 1) continue;
    found.add(`${home.tagName.toLowerCase()}.${home.className} in ${box.tagName.toLowerCase()}.${box.className}: ${text.data.trim()}`);
  }
  return [...found];
}
