// A stop-watch in the builder: milliseconds from each key to the painted preview that shows it.
(() => {
  const took = [];
  let waiting = [];
  const painted = (run) => requestAnimationFrame(() => {
    const port = new MessageChannel();
    port.port1.onmessage = run;
    port.port2.postMessage(0);
  });
  document.addEventListener("input", () => waiting.push(performance.now()), true);
  const shown = new MutationObserver(() => {
    const keys = waiting;
    waiting = [];
    painted(() => { for (const at of keys) took.push(performance.now() - at); });
  });
  addEventListener("DOMContentLoaded", () => shown.observe(document.getElementById("previews"), { childList: true }));
  window.previewed = () => took;
})();
