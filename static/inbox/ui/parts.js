// Loaded when a channel counts texts: how many a message will be, for each one is paid for.
import { html, t, tn } from "../base.js";

/** How a text is cut on a channel that counts parts: {parts, left, isWide}. A character is never cut in two. */
export function partsOf(text, { characters, of_two, single, joined, wide_single, wide_joined }) {
  const all = [...text];
  const isWide = all.some((one) => !characters.includes(one) && !of_two.includes(one));
  const units = all.map((one) => (isWide ? one.length : of_two.includes(one) ? 2 : 1));
  const [most, each] = isWide ? [wide_single, wide_joined] : [single, joined];
  const whole = units.reduce((sum, one) => sum + one, 0);
  if (whole <= most) return { parts: whole ? 1 : 0, left: most - whole, isWide };
  let [parts, used] = [1, 0];
  for (const one of units) {
    if (used + one > each) [parts, used] = [parts + 1, 0];
    used += one;
  }
  return { parts, left: each - used, isWide };
}

/** How many texts it will be, and how it is written: each one is paid for. */
export function Parts({ text, alphabet }) {
  const { parts, left, isWide } = partsOf(text, alphabet);
  if (!parts) return null;
  const name = isWide ? "UCS-2" : "GSM-7";
  const words = tn("{n} text", "{n} texts", parts);
  const title = isWide ? t("A character outside the small alphabet makes every text hold fewer.") : "";
  return html`<span class="left" data-testid="parts" title=${title}>${words} · ${name} · ${t("{n} left", { n: left })}</span>`;
}
