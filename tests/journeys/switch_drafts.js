// Goes from conversation to conversation as fast as the page draws them. steps: {thread, mode, write}, where write is
// what becomes of the draft: {text, quote, file} (file: bytes of a picture, or null), or null to look only.
// Gives what stood there before each step: [{text, quote, files}, …].
async (steps) => {
  const at = (name) => document.querySelector(`[data-testid='${name}']`);
  const field = () => document.querySelector("[data-testid=composer] textarea");
  const soon = () => new Promise((done) => { setTimeout(done, 2); });
  const until = async (what, check) => {
    const end = performance.now() + 20000;
    while (!check()) {
      if (performance.now() > end) throw new Error(`${what} did not come`);
      await soon();
    }
  };
  const write = async ({ text, quote, file }) => {
    field().value = text;
    field().dispatchEvent(new InputEvent("input", { bubbles: true }));
    if (quote) {
      const button = () => document.querySelector("[data-testid=timeline] [data-testid=message] .acts button");
      await until("the button to quote", button);
      button().click();
      await until("the quote", () => at("quote-bar"));
    }
    if (file) {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(file.bytes)], file.name, { type: "image/jpeg" }));
      field().dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));
      await until(file.name, () => at("file-chip")?.textContent.includes(file.name));
    }
  };
  const found = [];
  for (const { thread, mode, write: wanted } of steps) {
    document.querySelector(`[data-testid=thread-row-${thread}]`).click();
    await until(thread, () => document.querySelector(`main[data-thread='${thread}']`) && field());
    at(`mode-${mode}`).click();
    await until(mode, () => at("composer").dataset.mode === mode && field());
    const files = [...document.querySelectorAll("[data-testid=file-chip]")];
    const names = files.map((one) => one.querySelector("b").textContent);
    found.push({ text: field().value, quote: Boolean(at("quote-bar")), files: names });
    if (wanted) await write(wanted);
  }
  return found;
}
