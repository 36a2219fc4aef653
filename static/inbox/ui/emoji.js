// The emoji picker: found by typing, moved in by arrows, with the skin tone one chose before.
import { html, t, useRef, useState } from "../base.js";
import { everything, groups, recent, setTone, tone, toned, used } from "../emoji.js";
import { closeLayer, openPopover, returnTo } from "./layers.js";
import { ranked } from "./pickers.js";

const MOST = 64;
const TONES = [() => t("Usual colour"), () => t("Light"), () => t("Medium light"), () => t("Medium"), () => t("Medium dark"), () => t("Dark")];
const words = ({ code, words: more }) => `${code} ${more}`;
const named = ({ words: more }) => more.split(" ").slice(0, 3).join(" ");

/** How many stand in a row, as they are drawn. */
function perRow(list) {
  const [first, ...rest] = list.querySelectorAll("[role=option]");
  const next = rest.findIndex((one) => one.offsetTop > first.offsetTop);
  return next < 0 ? rest.length + 1 : next + 1;
}

function Tones({ shade, choose }) {
  const hand = everything.find((one) => one.code === "wave");
  const one = (name, i) => html`<button type="button" role="radio" aria-checked=${shade === i} aria-label=${name()} title=${name()}
    tabindex=${shade === i ? 0 : -1} onClick=${() => choose(i)}>${toned(hand, i)}</button>`;
  const onKeyDown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const to = (shade + step + TONES.length) % TONES.length;
    choose(to);
    event.currentTarget.children[to].focus();
  };
  return html`<div class="tones" role="radiogroup" aria-label=${t("Skin tone")} onKeyDown=${onKeyDown}>${TONES.map(one)}</div>`;
}

function Picker({ pick, field }) {
  const [want, setWant] = useState("");
  const [active, setActive] = useState(0);
  const [shade, setShade] = useState(tone());
  const list = useRef(null);
  const text = want.trim().replaceAll(":", "");
  const lately = { name: () => t("Used lately"), all: recent() };
  const parts = text ? [{ name: () => t("Found"), all: ranked(everything, text, words).slice(0, MOST) }]
    : [lately, ...groups].filter(({ all }) => all.length);
  const shown = parts.flatMap(({ all }) => all);
  const at = Math.min(active, shown.length - 1);
  const take = (one) => { returnTo(field); closeLayer(); pick(used(one)); };
  const move = (to) => {
    const next = Math.max(0, Math.min(shown.length - 1, to));
    setActive(next);
    list.current.querySelector(`#emoji-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event) => {
    event.stopPropagation();
    if (event.isComposing || !shown.length) return;
    if (event.key === "Enter") { event.preventDefault(); take(shown[at]); return; }
    const ahead = getComputedStyle(list.current).direction === "rtl" ? -1 : 1;
    const row = perRow(list.current);
    const step = { ArrowRight: ahead, ArrowLeft: -ahead, ArrowDown: row, ArrowUp: -row }[event.key];
    if (step) { event.preventDefault(); move(at + step); }
  };
  const choose = (number) => { setTone(number); setShade(number); };
  let n = -1;
  const option = (one) => {
    n += 1;
    const i = n;
    return html`<button type="button" role="option" id=${`emoji-${i}`} key=${one.code} tabindex="-1" aria-selected=${i === at} aria-label=${named(one)}
      title=${`:${one.code}:`} onClick=${() => take(one)}>${toned(one, shade)}</button>`;
  };
  const part = ({ name, all }) => html`<div role="group" aria-label=${name()}><h3 aria-hidden="true">${name()}</h3>
    <div class="emoji-grid">${all.map(option)}</div></div>`;
  return html`<div class="emoji-picker" data-testid="emoji"><input class="picker-search" role="combobox" aria-expanded="true" aria-controls="emoji-list"
      aria-activedescendant=${shown[at] ? `emoji-${at}` : null} aria-label=${t("Find an emoji")} placeholder=${t("Find an emoji")} autofocus
      autocomplete="off" value=${want} onKeyDown=${onKeyDown} onInput=${(event) => { setWant(event.target.value); setActive(0); }} />
    <div id="emoji-list" role="listbox" aria-label=${t("Emoji")} ref=${list}>${parts.map(part)}</div>
    ${!shown.length && html`<p class="picker-none">${t("Nothing found")}</p>`}<${Tones} shade=${shade} choose=${choose} /></div>`;
}

/** Show the picker; pick(sign) gets what was chosen for the field. */
export function openEmoji(anchor, field, pick) {
  openPopover(anchor, t("Emoji"), () => html`<${Picker} pick=${pick} field=${field} />`, "emoji-box");
}
