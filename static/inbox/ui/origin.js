// Loaded when first drawn: what a message came by — an ad, a product, or somebody else's words.
import { Icon, html, t } from "../base.js";

const SOURCES = { ad: () => t("Came by an ad"), post: () => t("Came by a post") };
const words = (value) => (typeof value === "string" ? value : "");

/** The site of a web address, or "" for anything else; what providers write is not trusted. */
function siteOf(address) {
  try {
    const { protocol, host } = new URL(address);
    return /^https?:$/.test(protocol) ? host : "";
  } catch { return ""; }
}

function Referral({ referral }) {
  const [headline, body, url] = [referral.headline, referral.body, referral.source_url].map(words);
  const site = siteOf(url);
  return html`<span class="origin" data-testid="referral"><b>${(SOURCES[referral.source_type] || SOURCES.ad)()}</b>
    ${headline && html`<span dir="auto">${headline}</span>`}${body && html`<small dir="auto">${body}</small>`}
    ${site && html`<a href=${url} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">${site}</a>`}</span>`;
}

const Hint = ({ icon, text }) => html`<span class="notice-mark" data-testid="origin"><${Icon} name=${icon} /><span dir="auto">${text}</span></span>`;

/** content: of a customer's message. */
export function Origin({ content: { forwarded, frequently_forwarded: isOften, product, referral } }) {
  const retailer = words(product?.product_retailer_id);
  return html`${forwarded && html`<${Hint} icon="arrow-right" text=${isOften ? t("Forwarded many times") : t("Forwarded")} />`}
    ${retailer && html`<${Hint} icon="tag" text=${t("About the product {id}", { id: retailer })} />`}
    ${referral && html`<${Referral} referral=${referral} />`}`;
}
