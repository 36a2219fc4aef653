// A form with data-auto asks again as soon as one of its choices changes; its button is then not needed.

export function watchFilters(root) {
  for (const form of root.querySelectorAll("form[data-auto]")) {
    form.addEventListener("change", () => form.requestSubmit());
    const button = form.querySelector("button");
    if (button) button.hidden = true;
  }
}
