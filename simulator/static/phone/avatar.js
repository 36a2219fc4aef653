// The round picture of a person or a business: initials on a steady colour.
import { html } from "./html.js";
import { hueOf, initials } from "./words.js";

/** `seed` fixes the colour, `name` gives the letters. */
export function Avatar({ name, seed, class: extra = "" }) {
  return html`<span class=${`avatar ${extra}`} style=${{ "--hue": hueOf(seed || name) }} aria-hidden="true">${initials(name)}</span>`;
}
