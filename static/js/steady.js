// What the server sends is shown once no pointer is pressed: a page that moves under a pressed pointer loses the click.

const ENDS = ["pointerup", "pointercancel", "dragend"];
let released = null;

function press() {
  released ||= new Promise((done) => {
    // The click comes with the release, and goes first
    const release = () => setTimeout(() => { released = null; done(); });
    for (const end of ENDS) addEventListener(end, release, { capture: true, once: true });
  });
}

/** Answers to requests of a part of the page; those for a whole page are the browser's own. */
function hold({ detail: { ctx } }) {
  ctx.fetch = async (...asked) => {
    const answer = await fetch(...asked);
    const read = answer.text.bind(answer);
    answer.text = async () => {
      const words = await read();
      await released;
      return words;
    };
    return answer;
  };
}

export function keepSteady(root) {
  root.addEventListener("pointerdown", press, true);
  root.addEventListener("htmx:config:request", hold);
}
