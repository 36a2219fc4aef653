// What the sound of a call needs: a microphone, how loud it is, and the ways to the other end.
import { t } from "./base.js";

const TICK_MS = 100;
const GATHER_MS = 2000;
const PROBLEMS = {
  NotAllowedError: () => t("The microphone is not allowed for this page. Allow it with the sign beside the address, then accept again."),
  NotFoundError: () => t("No microphone was found. Connect one, then accept again."),
  NotReadableError: () => t("Another program uses the microphone. Close that one, then accept again."),
  none: () => t("This browser gives no microphone here: calls need a safe address (https)."),
};

/** Why there is no microphone and what helps, in words. name: of what getUserMedia threw. */
export const problemOf = (name) => (PROBLEMS[name] || PROBLEMS.NotReadableError)();

/** A stream of it. Throws a DOMException whose name ``problemOf`` knows. */
export async function openMicrophone() {
  if (!navigator.mediaDevices) throw new DOMException("", "none");
  return navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
}

export const shut = (stream) => stream?.getTracks().forEach((track) => track.stop());

/** Tell how loud a stream is (0…1), ten times a second; gives how to end it. */
export function measure(stream, tell) {
  const context = new AudioContext();
  const analyser = Object.assign(context.createAnalyser(), { fftSize: 512 });
  const samples = new Float32Array(analyser.fftSize);
  context.createMediaStreamSource(stream).connect(analyser);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    tell(Math.min(1, 5 * Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length)));
  }, TICK_MS);
  return () => { clearInterval(timer); context.close(); };
}

/** Nothing is told later, so every way must be known before we answer. */
export function gathered(of) {
  return new Promise((done) => {
    const look = () => of.iceGatheringState === "complete" && done();
    of.addEventListener("icegatheringstatechange", look);
    setTimeout(done, GATHER_MS);
    look();
  });
}

/** A server that helps to find one, as browsers take it. */
export const way = ({ urls, username, credential }) => (username ? { urls, username, credential } : { urls });
