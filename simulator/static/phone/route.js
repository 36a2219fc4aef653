// The address bar holds the open chat: #/<channel>/<number>, and /side for the controls on a narrow screen.
import { place } from "./state.js";

/** Read the address into the page's place. */
export function readAddress() {
  const [channel, number, side] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  place.value = { channel: channel || null, number: number || null, side: side === "side" };
}

/** The address of a chat. */
export function addressOf(channel, number, side = false) {
  return `#/${encodeURIComponent(channel)}/${encodeURIComponent(number)}${side ? "/side" : ""}`;
}

/** Open a chat, or the list when there is none. */
export function go(channel, number, side = false) {
  location.hash = channel ? addressOf(channel, number, side) : "#/";
}

export function watchAddress() {
  addEventListener("hashchange", readAddress);
  readAddress();
}
