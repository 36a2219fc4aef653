// Where on the map: read from what people have at hand.

/** "51.5033, -0.1195", or a link of a map that holds such a pair. Null where there is none. */
export function degrees(text) {
  let plain = text;
  try { plain = decodeURIComponent(text); } catch { /* a stray % */ }
  const [, latitude, longitude] = /(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)/.exec(plain) || [];
  const found = { latitude: Number(latitude), longitude: Number(longitude) };
  return Math.abs(found.latitude) <= 90 && Math.abs(found.longitude) <= 180 ? found : null;
}
