// htm bound to Preact: markup as tagged templates, text always stays text.
import { h } from "preact";
import htm from "htm";

export const html = htm.bind(h);
