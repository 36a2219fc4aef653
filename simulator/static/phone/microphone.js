// The browser's microphone: permission, MediaRecorder, loudness. Knows nothing of the page.
const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const TICK_MS = 80;

const PROBLEMS = {
  NotAllowedError: {
    title: "The microphone is not allowed.",
    detail: "Allow it with the sign beside the address of this page, then press the microphone again.",
  },
  NotFoundError: { title: "No microphone was found.", detail: "Connect one, or send a sound file with the paper clip." },
  NotReadableError: { title: "The microphone is busy.", detail: "Another program uses it; close that one and try again." },
  insecure: { title: "Recording needs a safe address.", detail: "Open this page as localhost or over https, or send a sound file with the paper clip." },
};

export class Microphone {
  /** `tell` hears changes: {phase: asking|recording|paused, seconds, levels (0–1), problem}. */
  constructor(tell) {
    this.tell = tell;
    this.levels = [];
    this.milliseconds = 0;
    this.chunks = [];
    this.isStopped = false;
  }

  async start() {
    if (!navigator.mediaDevices?.getUserMedia || !globalThis.MediaRecorder) return this.tell({ problem: PROBLEMS.insecure });
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true } });
      this.stream = stream;
      if (this.isStopped) return this.stop();
      this.#record(stream);
    } catch (error) {
      this.tell({ problem: PROBLEMS[error.name] ?? { title: "The microphone cannot be used.", detail: error.message } });
    }
    return undefined;
  }

  #record(stream) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32000 });
    this.recorder.ondataavailable = ({ data }) => { if (data.size) this.chunks.push(data); };
    this.recorder.start(1000);
    this.#listen(stream);
    this.timer = setInterval(() => this.#tick(), TICK_MS);
    this.tell({ phase: "recording" });
  }

  #listen(stream) {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 1024;
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    this.samples = new Float32Array(this.analyser.fftSize);
  }

  #tick() {
    if (this.recorder.state !== "recording") return;
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = Math.sqrt(this.samples.reduce((sum, s) => sum + s * s, 0) / this.samples.length);
    this.levels.push(Math.min(1, power * 5));
    this.milliseconds += TICK_MS;
    this.tell({ levels: this.levels.slice(-60), seconds: this.milliseconds / 1000 });
  }

  pauseOrResume() {
    const isPaused = this.recorder.state === "paused";
    if (isPaused) this.recorder.resume();
    else this.recorder.pause();
    this.tell({ phase: isPaused ? "recording" : "paused" });
  }

  /** End the recording: {blob, seconds, levels}, or null when nothing was recorded. */
  async finish() {
    if (!this.recorder || this.recorder.state === "inactive") return null;
    const ended = new Promise((resolve) => { this.recorder.onstop = resolve; });
    this.recorder.stop();
    await ended;
    const blob = new Blob(this.chunks, { type: this.recorder.mimeType });
    return blob.size ? { blob, seconds: this.milliseconds / 1000, levels: this.levels } : null;
  }

  /** Give the microphone back. */
  stop() {
    this.isStopped = true;
    clearInterval(this.timer);
    if (this.recorder?.state && this.recorder.state !== "inactive") this.recorder.stop();
    this.stream?.getTracks().forEach((track) => track.stop());
    if (this.context?.state !== "closed") this.context?.close();
  }
}
