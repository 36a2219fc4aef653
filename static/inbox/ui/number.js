// Phone numbers as people type them.

const NUMBER = /^\+[1-9]\d{6,14}$/;

/** A number as typed, with its country code, as the plus and its digits; "" for anything else. */
export function numberIn(text) {
  const bare = text.trim().replace(/^00/, "+").replace(/[\s().\/-]/g, "");
  return NUMBER.test(bare) ? bare : "";
}
