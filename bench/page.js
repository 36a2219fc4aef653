// Stop-watches inside the inbox page. Each gives milliseconds, up to the moment after the frame was painted.
(() => {
  const row = (id) => document.querySelector(`[data-testid="thread-row-${id}"]`);
  const painted = () => new Promise((done) => {
    requestAnimationFrame(() => { const port = new MessageChannel(); port.port1.onmessage = done; port.port2.postMessage(0); });
  });
  const until = async (is) => { while (!is()) await painted(); };
  /** The message with these words, if it is also what a selector asks for. */
  const message = (text, which = "article") => [...document.querySelectorAll("[data-testid=message]")]
    .find((one) => one.matches(which) && one.textContent.includes(text));
  const isOpen = (id) => document.querySelector(`main[data-thread="${id}"]`);
  const isFilled = (id) => isOpen(id)?.querySelector("[data-testid=message]");

  /** When the first row of the list was there, by the page's own clock. */
  let listAt = 0;
  const watch = new MutationObserver(() => {
    if (listAt || !document.querySelector("[data-testid^=thread-row-]")) return;
    listAt = -1;
    watch.disconnect();
    painted().then(() => { listAt = performance.now(); });
  });
  watch.observe(document, { childList: true, subtree: true });

  window.bench = {
    listShown: async () => { await until(() => listAt > 0); return listAt; },

    ids: () => [...document.querySelectorAll("[data-testid^=thread-row-]")].map((one) => one.dataset.id),

    /** Bring the row at a place of the list in sight; gives its id. */
    async reach(index) {
      const box = document.querySelector("[data-testid=list]");
      box.scrollTop = Math.max(0, (index - 4) * 72);
      const at = () => document.querySelector(`[data-testid=list] li[aria-posinset="${index + 1}"] [data-id]`);
      await until(at);
      return at().dataset.id;
    },

    /** Open a conversation by its row: [until its frame stands, until its messages do, of that the server's part]. */
    async open(id) {
      performance.clearResourceTimings();
      const began = performance.now();
      row(id).click();
      await until(() => isOpen(id));
      const frame = performance.now() - began;
      await until(() => isFilled(id));
      const whole = performance.now() - began;
      const asked = performance.getEntriesByType("resource").filter((one) => one.name.includes(`${id}/timeline`));
      return [frame, whole, asked.length ? asked[0].duration : 0];
    },

    /** Milliseconds between frames while `busy` goes on, and the most rows that were drawn at once. */
    async frames(milliseconds, step) {
      const box = document.querySelector("[data-testid=list]");
      const gaps = [];
      const began = performance.now();
      let [last, rows] = [began, 0];
      while (last - began < milliseconds) {
        if (step) box.scrollTop += step;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        gaps.push(now - last);
        last = now;
        rows = Math.max(rows, document.querySelectorAll("[data-testid^=thread-row-]").length);
      }
      return [gaps, rows];
    },

    /** From a key to the frame that shows what was written; call before the key is pressed. */
    echo(text) {
      window.benchEcho = new Promise((done) => {
        document.addEventListener("keydown", async (event) => {
          const began = event.timeStamp;
          await painted();
          done(message(text) ? performance.now() - began : Infinity);
        }, { capture: true, once: true });
      });
    },

    /** From the next key to the frame after it; call before it is pressed. */
    key() {
      window.benchKey = new Promise((done) => {
        document.addEventListener("keydown", async (event) => {
          await painted();
          done(performance.now() - event.timeStamp);
        }, { capture: true, once: true });
      });
    },

    /** Wait until the customer has read the message with these words. */
    async read(text) { await until(() => message(text, "[data-status=read]")); },

    /** The time of day at which these words stand in the open conversation. */
    async shown(text) {
      await until(() => message(text));
      return performance.timeOrigin + performance.now();
    },

    /** The time of day at which these words stand in the list. */
    async told(text) {
      await until(() => document.querySelector("[data-testid=list]").textContent.includes(text));
      return performance.timeOrigin + performance.now();
    },
  };
})();
