// Icons come from one sprite, /icons.svg, which the simulator builds from the names in icons.json.
import { html } from "./html.js";

/** One icon. With a label it speaks; without one it is decoration. */
export function Icon({ name, label, class: extra = "" }) {
  return html`<svg class=${`i ${extra}`} role=${label ? "img" : null} aria-label=${label} aria-hidden=${label ? null : "true"}>
    <use href=${`/icons.svg#${name}`} />
  </svg>`;
}

/** A button that is only an icon: the label is its name and its tooltip. */
export function IconButton({ name, label, class: extra = "", ...rest }) {
  return html`<button class=${`icon ${extra}`} type="button" aria-label=${label} title=${label} ...${rest}>
    <${Icon} name=${name} />
  </button>`;
}
