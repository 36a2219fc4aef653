// A location. No map comes from another origin: the streets are drawn from the coordinates, always the same for the same place.
import { html } from "./html.js";
import { Icon } from "./icon.js";

export function LocationCard({ message, meta }) {
  const { latitude, longitude, name, address } = message.content?.location ?? message.content ?? {};
  const title = name || message.text || "Location";
  const href = `https://www.openstreetmap.org/?mlat=${Number(latitude)}&mlon=${Number(longitude)}#map=16/${Number(latitude)}/${Number(longitude)}`;
  return html`<a class="place" href=${href} target="_blank" rel="noopener noreferrer nofollow" aria-label=${`Open ${title} on a map`}>
      <${Streets} latitude=${Number(latitude) || 0} longitude=${Number(longitude) || 0} />
    </a>
    <p class="text placename" dir="auto"><b>${title}</b>${address ? html`<small>${address}</small>` : null}
      <small class="num">${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}</small></p>${meta}`;
}

function Streets({ latitude, longitude }) {
  const draw = dice(Math.round((latitude + 90) * 1e4) * 7 + Math.round((longitude + 180) * 1e4));
  const across = Array.from({ length: 5 }, (_, i) => ({ y: 12 + i * 26 + draw(12), tilt: draw(16) - 8 }));
  const down = Array.from({ length: 7 }, (_, i) => ({ x: 8 + i * 36 + draw(20), tilt: draw(20) - 10 }));
  const parks = [draw(150), draw(90), 50 + draw(40), 30 + draw(24)];
  const river = draw(120);
  return html`<svg class="map" viewBox="0 0 240 128" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
    <rect class="ground" width="240" height="128" />
    <rect class="park" x=${parks[0]} y=${parks[1]} width=${parks[2]} height=${parks[3]} rx="4" />
    <path class="water" d=${`M-10 ${river} C 60 ${river + 40}, 140 ${river - 50}, 250 ${river + 20}`} />
    ${across.map(({ y, tilt }, i) => html`<path key=${i} class=${i === 2 ? "road main" : "road"} d=${`M-5 ${y} L245 ${y + tilt}`} />`)}
    ${down.map(({ x, tilt }, i) => html`<path key=${`d${i}`} class=${i === 3 ? "road main" : "road"} d=${`M${x} -5 L${x + tilt} 133`} />`)}
    <path class="pin" d="M120 70c-9-11-14-17-14-24a14 14 0 0 1 28 0c0 7-5 13-14 24Z" /><circle class="eye" cx="120" cy="46" r="5" />
  </svg>`;
}

// A small seeded generator: the same place gives the same streets.
function dice(seed) {
  let state = seed % 2147483647 || 1;
  return (sides) => {
    state = (state * 48271) % 2147483647;
    return state % sides;
  };
}
