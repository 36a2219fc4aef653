// A form with data-guard that was changed and not sent asks before the page is left.

const state = (form) => new URLSearchParams(new FormData(form)).toString();

export function guardForms(root) {
  for (const form of root.querySelectorAll("form[data-guard]")) {
    // After a refusal the form already holds what the person typed: leaving would lose it.
    const saved = "unsaved" in form.dataset ? null : state(form);
    let leaving = false;
    form.addEventListener("submit", () => { leaving = true; });
    addEventListener("pageshow", () => { leaving = false; });
    addEventListener("beforeunload", (event) => {
      if (!leaving && state(form) !== saved) event.preventDefault();
    });
  }
}
