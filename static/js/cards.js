// Cards of a template: one more, one less, another order, and the chosen pictures in the preview.

const list = document.querySelector("[data-card-list]");
const fieldset = list?.closest("[data-cards]");
const blank = fieldset?.querySelector("[data-card-blank]");
const cards = () => [...list.children];

/** The server looks again at what is typed. */
const changed = () => list.dispatchEvent(new Event("change", { bubbles: true }));

function number() {
  cards().forEach((card, place) => {
    card.querySelector("[data-card-place]").textContent = place + 1;
    card.querySelector("[data-card-earlier]").disabled = place === 0;
  });
  fieldset.querySelector("[data-card-add]").disabled = cards().length >= Number(fieldset.dataset.most);
}

/** The blank card's fields under names of their own. */
function renamed(card, key) {
  const old = `card_${card.dataset.card}`;
  for (const node of card.querySelectorAll("[name], [id], [for]")) {
    for (const attribute of ["name", "id", "for"]) {
      const value = node.getAttribute(attribute);
      if (value?.includes(old)) node.setAttribute(attribute, value.replace(old, `card_${key}`));
    }
  }
  card.querySelector("[name=card]").value = key;
  card.dataset.card = key;
  return card;
}

function add() {
  const key = Math.max(-1, ...cards().map((card) => Number(card.dataset.card))) + 1;
  list.append(renamed(blank.content.firstElementChild.cloneNode(true), key));
  list.lastElementChild.querySelector("input[type=file]").focus();
}

const ACTS = {
  cardAdd: add,
  cardRemove: (card) => { (card.nextElementSibling ?? card.previousElementSibling)?.querySelector("textarea").focus(); card.remove(); },
  cardEarlier: (card, button) => { card.previousElementSibling?.before(card); button.focus(); },
};

const shots = new WeakMap(); // a field for a file → the address under which the page shows it

/** Put what was chosen in place of the picture there was. */
function showShots() {
  cards().forEach((card, place) => {
    const url = shots.get(card.querySelector("[data-card-file]"));
    const frame = document.querySelector(`[data-shot="${place}"]`);
    if (!url || !frame) return;
    const picture = document.createElement("img");
    picture.src = url;
    picture.alt = "";
    frame.replaceChildren(picture);
  });
}

function choose(field) {
  if (shots.has(field)) URL.revokeObjectURL(shots.get(field));
  const [file] = field.files;
  if (file?.type.startsWith("image/")) shots.set(field, URL.createObjectURL(file));
  else shots.delete(field);
}

if (list) {
  number();
  fieldset.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    const act = button && Object.keys(ACTS).find((name) => name in button.dataset);
    if (!act) return;
    ACTS[act](button.closest("[data-card]"), button);
    number();
    changed();
  });
  list.addEventListener("change", ({ target }) => { if ("cardFile" in target.dataset) choose(target); });
  document.addEventListener("htmx:after:swap", showShots);
}
