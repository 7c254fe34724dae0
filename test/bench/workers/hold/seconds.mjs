/** The received packets of the sample, by second: a short stop of the machine spoils one second, too many sessions spoil all of them. */
import { quantile } from '../../arrivals.mjs';

const SAMPLES_PER_MS = 48;
const FRAME = 960;
const SECOND = 1_000;

export class Seconds {
  #streams = new Map();
  #since;

  /** @param since ms, of the clock of the arrivals */
  constructor(since) {
    this.#since = since;
  }

  /** Adds a packet of 20 ms. */
  add({ ssrc, timestamp, arrival }) {
    let stream = this.#streams.get(ssrc);
    if (stream === undefined) this.#streams.set(ssrc, (stream = { first: timestamp, packets: [] }));
    const samples = (timestamp - stream.first) >>> 0;
    const last = stream.packets.at(-1);
    // A gap in the RTP timestamps is time that the sender has skipped.
    const skipped = last === undefined ? 0 : Math.max(0, (samples - last.samples) / FRAME - 1);
    stream.packets.push({ samples, arrival, skipped, lateness: arrival - samples / SAMPLES_PER_MS });
  }

  /**
   * @param until ms; a second that is not complete by then is left out
   * @param streams how many streams there should be: if one is missing in a second, its `sent` is 0
   * @returns for each second, `late99` (ms, relative to the earliest packet of the same stream in all seconds) and `sent`, the share of the due frames
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

/** The median; of an even number of values, the greater of the two in the middle; NaN if there are none. */
export const median = (values) => quantile(Float64Array.from(values).sort(), 0.5);
