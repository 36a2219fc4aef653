// A form whose screens the business's server makes. The phone does not know how they are laid out, so it shows
// what comes with each: a field for each value, a list to choose from for each list of choices.
import { useEffect, useState } from "preact/hooks";
import { html } from "./html.js";
import { stepForm } from "./api.js";

const NOTE = "error_message"; // the business's own word to the person

export function FormDialog({ message, close }) {
  const [screen, setScreen] = useState(null);
  const [problem, setProblem] = useState(null);
  const ask = async (said) => {
    setProblem(null);
    try {
      const shown = await stepForm(message.channel, message.number, { target: message.id, ...said });
      if (shown.message) close();
      else setScreen(shown);
    } catch (error) {
      setProblem(error.message);
    }
  };
  useEffect(() => { ask({ action: "INIT" }); }, []);
  return html`${screen ? html`<${Screen} key=${screen.screen} ...${screen} ask=${ask} />` : null}
    ${problem ? html`<p class="bad" role="alert">${problem}</p>` : null}
    ${screen || problem ? null : html`<p class="hint" role="status">The business is asked…</p>`}`;
}

function Screen({ screen, data, ask }) {
  const submit = (event) => {
    event.preventDefault();
    ask({ action: "data_exchange", screen, data: Object.fromEntries(new FormData(event.currentTarget)) });
  };
  const parts = Object.entries(data).filter(([name]) => name !== NOTE);
  return html`<form class="fields" data-testid="form-screen" data-screen=${screen} onSubmit=${submit}>
    <p><b dir="auto">${screen}</b></p>
    ${parts.map(([name, value]) => html`<${Part} key=${name} name=${name} value=${value} />`)}
    ${data[NOTE] ? html`<p class="bad" role="alert" dir="auto">${data[NOTE]}</p>` : null}
    <footer><button class="btn" type="button" data-testid="form-back" onClick=${() => ask({ action: "BACK", screen })}>Back</button>
      <button class="btn primary" type="submit" data-testid="form-next">Continue</button></footer>
  </form>`;
}

function Part({ name, value }) {
  const choices = Array.isArray(value) ? value.filter((one) => one?.id !== undefined) : [];
  if (choices.length) {
    return html`<label><span dir="auto">${name}</span><select class="select" name=${name}>
      ${choices.map(({ id, title }) => html`<option key=${id} value=${id}>${title ?? id}</option>`)}</select></label>`;
  }
  if (value !== null && typeof value === "object") return null;
  return html`<label><span dir="auto">${name}</span><input name=${name} dir="auto" autocomplete="off" defaultValue=${String(value ?? "")} /></label>`;
}
