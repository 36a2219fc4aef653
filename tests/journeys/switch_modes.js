// Switches between reply and note as fast as the page draws them. modes: "reply" or "note", one after the other.
// Gives what stood wrong after a switch; [] when each showed its own mode.
async (modes) => {
  const at = (name) => document.querySelector(`[data-testid='${name}']`);
  const drawn = () => new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(0);
  });
  const SAYS = { reply: "Send", note: "Add note" };
  const wrong = [];
  for (const mode of modes) {
    at(`mode-${mode}`).click();
    await drawn();
    const shown = [at("composer").dataset.mode, at("send").textContent.includes(SAYS[mode]), at("window-chip") === null];
    if (String(shown) !== String([mode, true, mode === "note"])) wrong.push(`${mode}: ${shown}`);
  }
  return wrong;
}
