/** What was heard of the sample, second by second: a machine that stands still for a moment spoils one of them, and too many sessions spoil them all. */
import { quantile } from '../../arrivals.mjs';

const SAMPLES_PER_MS = 48;
const FRAME = 960;
const SECOND = 1_000;

export class Seconds {
  #streams = new Map();
  #since;

  /** @param since ms, of the clock that arrivals are told by */
  constructor(since) {
    this.#since = since;
  }

  /** A packet that carries 20 ms. */
  add({ ssrc, timestamp, arrival }) {
    let stream = this.#streams.get(ssrc);
    if (stream === undefined) this.#streams.set(ssrc, (stream = { first: timestamp, packets: [] }));
    const samples = (timestamp - stream.first) >>> 0;
    const last = stream.packets.at(-1);
    // A gap of the RTP timestamps is time that the sender has given up.
    const skipped = last === undefined ? 0 : Math.max(0, (samples - last.samples) / FRAME - 1);
    stream.packets.push({ samples, arrival, skipped, lateness: arrival - samples / SAMPLES_PER_MS });
  }

  /**
   * @param until ms; what came in a second that is not whole by then is left out
   * @param streams how many there should be: a second without one of them has nothing sent
   * @returns of each second, `late99` (ms, against the earliest packet of the same stream in all seconds) and `sent`, of what was due
   */
  report(until, streams) {
    const seconds = Array.from({ length: Math.floor((until - this.#since) / SECOND) }, () => ({ late: [], skipped: 0, heard: new Set() }));
    for (const [ssrc, { packets }] of this.#streams) {
      const earliest = packets.reduce((least, { lateness }) => Math.min(least, lateness), Infinity);
      for (const { arrival, lateness, skipped } of packets) {
        const second = seconds[Math.floor((arrival - this.#since) / SECOND)];
        if (second === undefined) continue;
        second.late.push(lateness - earliest);
        second.skipped += skipped;
        second.heard.add(ssrc);
      }
    }
    return seconds.map(({ late, skipped, heard }) => ({
      late99: quantile(Float64Array.from(late).sort(), 0.99),
      sent: heard.size < streams ? 0 : late.length / (late.length + skipped),
    }));
  }
}

/** The greater of the two in the middle of an even number; NaN of none. */
export const median = (values) => quantile(Float64Array.from(values).sort(), 0.5);
