/** The pace as the server sees it: counts, intervals and lateness, per SSRC. */

const SAMPLES_PER_MS = 48;
/** ms: frames closer together than this were sent in a burst. */
const BURST = 5;
/** The last two bytes of a frame that DAVE encrypted. The benchmark's own frames end differently. */
const DAVE_MARKER = 0xfa;

export class Arrivals {
  #streams = new Map();
  #encrypted = 0;

  /** Adds a ServerPacket. Silence counts for the pace, but not as delivered. */
  add({ ssrc, timestamp, arrival, payload }) {
    let stream = this.#streams.get(ssrc);
    if (stream === undefined) {
      stream = { frames: 0, first: timestamp, times: [], lateness: [] };
      this.#streams.set(ssrc, stream);
    }
    if (payload.length > 3) stream.frames += 1;
    if (payload.at(-1) === DAVE_MARKER && payload.at(-2) === DAVE_MARKER) this.#encrypted += 1;
    // Compared with the sender's RTP timestamps, whose gaps are intended. No run is long enough for them to wrap twice.
    const position = ((timestamp - stream.first) >>> 0) / SAMPLES_PER_MS;
    stream.times.push(arrival);
    stream.lateness.push(arrival - position);
  }

  /** All values in ms; `frames` excludes silence; `encrypted` counts the frames with end-to-end encryption. */
  report() {
    const intervals = [];
    const late = [];
    let frames = 0;
    for (const stream of this.#streams.values()) {
      frames += stream.frames;
      for (let i = 1; i < stream.times.length; i++) intervals.push(stream.times[i] - stream.times[i - 1]);
      const earliest = stream.lateness.reduce((a, b) => Math.min(a, b), Infinity);
      for (const value of stream.lateness) late.push(value - earliest);
    }
    const sorted = Float64Array.from(intervals).sort();
    return {
      streams: this.#streams.size,
      frames,
      encrypted: this.#encrypted,
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
      max: sorted.at(-1) ?? NaN,
      late99: quantile(Float64Array.from(late).sort(), 0.99),
      bursts: sorted.findLastIndex((interval) => interval < BURST) + 1,
    };
  }
}

/** The quantile of a sorted list; NaN for an empty one. */
export function quantile(sorted, q) {
  return sorted.length === 0 ? NaN : sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
