// Gives the words of a page that do not stand in brackets. They reach nobody who speaks another language.
// notOurs: elements that hold what people, programs and providers wrote; theirs: texts made of such words, wherever they stand.
([notOurs, theirs]) => {
  const SAID = ["aria-label", "title", "placeholder", "alt"];
  const PLAIN = /\([A-Z]{2}\)|.*\b20\d\d\b.*|[\w.+-]+@[\w.-]+|https?:\S+|[\d:.,+-]+\s?(h|m|s|min|kB|MB|B|px|AM|PM)?\b/g;
  const found = new Set();
  let depth = 0;
  const words = (text) => text.replace(PLAIN, " ").split(/[^\p{L}\p{N}_-]+/u);
  const known = new Set(theirs.flatMap(words));
  // English is what the sources hold; a day of the week in Arabic letters was written by the browser.
  const isOurs = (word) => /\p{Script=Latin}{2}/u.test(word) && !known.has(word);
  const read = (text, where) => {
    for (const part of text.split(/([⟦⟧])/)) {
      if (part === "⟦") depth += 1;
      else if (part === "⟧") depth = Math.max(0, depth - 1);
      else if (where && !depth && words(part).some(isOurs)) found.add(`${where}: ${part.trim()}`);
    }
  };
  const attributes = (element) => {
    const before = depth;
    for (const name of SAID) {
      depth = 0;
      if (element.hasAttribute(name)) read(element.getAttribute(name), `[${name}]`);
    }
    depth = before;
  };
  const walk = (node, kept) => {
    for (const one of node.childNodes) {
      if (one.nodeType === Node.TEXT_NODE) read(one.data, kept ? "" : node.tagName.toLowerCase());
      if (one.nodeType !== Node.ELEMENT_NODE || one.matches("script, style, template")) continue;
      const isKept = kept || one.matches(notOurs);
      if (!isKept) attributes(one);
      walk(one, isKept);
    }
  };
  walk(document.body, false);
  return [...found];
}
