// Choose a place: where this computer is, a known place, or coordinates.
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { send } from "./outbox.js";
import { place } from "./state.js";

const PLACES = [
  { name: "Waterloo Station", address: "London SE1 8SW", latitude: 51.50329, longitude: -0.11412 },
  { name: "Lisbon Airport, Arrivals", address: "1700-111 Lisboa", latitude: 38.76872, longitude: -9.12816 },
  { name: "Markt am Kollwitzplatz", address: "10435 Berlin", latitude: 52.53627, longitude: 13.41754 },
  { name: "Ikeja City Mall", address: "Lagos", latitude: 6.61417, longitude: 3.35796 },
];
const REFUSED = {
  1: "The browser did not allow it. Allow the location with the sign beside the address of this page, or choose a place below.",
  2: "This computer does not know where it is. Choose a place below.",
  3: "Finding the place took too long. Choose one below.",
};

export function LocationDialog({ replyTo, close }) {
  const [problem, setProblem] = useState(null);
  const choose = (spot) => { sendPlace(spot, replyTo); close(); };
  const here = () => {
    if (!navigator.geolocation || !isSecureContext) return setProblem("Finding the place needs localhost or https. Choose one below.");
    return navigator.geolocation.getCurrentPosition(
      ({ coords }) => choose({ latitude: coords.latitude, longitude: coords.longitude }), ({ code }) => setProblem(REFUSED[code]), { timeout: 8000 });
  };
  return html`<div class="fields">
    <button class="btn" type="button" autofocus onClick=${here}><${Icon} name="locate-fixed" />Where I am now</button>
    ${problem ? html`<p class="bad" role="alert">${problem}</p>` : null}
    <ul class="rows">${PLACES.map((spot) => html`<li key=${spot.name}><button type="button" onClick=${() => choose(spot)}>
      <${Icon} name="map-pin" /><span><b>${spot.name}</b><small>${spot.address}</small></span></button></li>`)}</ul>
    <${Coordinates} onChoose=${choose} />
  </div>`;
}

function Coordinates({ onChoose }) {
  const submit = (event) => {
    event.preventDefault();
    const { latitude, longitude, name } = Object.fromEntries(new FormData(event.currentTarget));
    onChoose({ latitude: Number(latitude), longitude: Number(longitude), ...(name ? { name } : {}) });
  };
  return html`<form class="coords" onSubmit=${submit}>
    <label>Latitude<input name="latitude" type="number" step="any" min="-90" max="90" required data-testid="latitude" /></label>
    <label>Longitude<input name="longitude" type="number" step="any" min="-180" max="180" required data-testid="longitude" /></label>
    <label>Name<input name="name" maxlength="100" dir="auto" /></label>
    <button class="btn" type="submit" data-testid="send-location">Send</button>
  </form>`;
}

function sendPlace(location, replyTo) {
  const { channel, number } = place.value;
  const fields = { kind: "location", text: location.name ?? "", content: { location }, reply_to: replyTo };
  send(channel, number, fields, (client_ref) => ({ client_ref, location, reply_to: replyTo }));
}
