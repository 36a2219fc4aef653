// In a text that takes variables, two braces offer them: a list of buttons under the field, by keyboard too.

const GIVEN = ["choices_link"]; // what every text may use, beside the type's own
const typed = () => [...document.querySelectorAll(".v-name input")].map((input) => input.value.trim()).filter(Boolean);
const names = () => [...typed(), ...GIVEN];
const example = (place) => document.querySelectorAll(".v-example input")[place]?.value ?? "";
const OPEN = /\{\{\s*(\w*)$/;

/** Put {{name}} where the cursor is, over what was begun of it. */
function insert(field, name) {
  const before = field.value.slice(0, field.selectionStart).replace(OPEN, "");
  const after = field.value.slice(field.selectionEnd).replace(/^\s*\}\}/, "");
  const slot = `{{${name}}}`;
  field.value = before + slot + after;
  field.focus();
  field.setSelectionRange(before.length + slot.length, before.length + slot.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function button(field, name, place) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn slim";
  made.textContent = name;
  made.title = example(place);
  made.addEventListener("click", () => { insert(field, name); close(field); });
  return made;
}

const list = (field) => field.parentElement.querySelector(".slots");
const close = (field) => list(field)?.remove();

function offer(field) {
  const begun = field.value.slice(0, field.selectionStart).match(OPEN);
  close(field);
  if (!begun) return;
  const box = document.createElement("div");
  box.className = "slots";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", field.labels[0]?.textContent ?? "");
  names().forEach((name, place) => { if (name.startsWith(begun[1])) box.append(button(field, name, place)); });
  if (box.childElementCount) field.after(box);
}

for (const field of document.querySelectorAll("[data-slots]")) {
  field.addEventListener("input", () => offer(field));
  field.addEventListener("keydown", (event) => { if (event.key === "Escape") close(field); });
}
