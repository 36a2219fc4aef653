// Goes from conversation to conversation as fast as the page draws them. Gives what stood there each time:
// [customer's name in the head, words of all bubbles].
async (threads) => {
  const soon = () => new Promise((done) => { setTimeout(done, 2); });
  const bubbles = () => [...document.querySelectorAll("[data-testid=timeline] [data-testid=message]")];
  const found = [];
  for (const thread of threads) {
    document.querySelector(`[data-testid=thread-row-${thread}]`).click();
    const end = performance.now() + 20000;
    const isThere = () => document.querySelector(`main[data-thread='${thread}']`) && bubbles().length;
    while (!isThere()) {
      if (performance.now() > end) throw new Error(`${thread} did not come`);
      await soon();
    }
    found.push([document.querySelector(".thread-head h2").textContent, bubbles().map((one) => one.textContent).join(" ")]);
  }
  return found;
}
