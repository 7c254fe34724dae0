/** Interarrival jitter: how much the spacing of two packets at arrival differs from their spacing when sent. RFC 3550 A.8. */
import { SAMPLES_PER_MS } from '../../protocol/silence.js';

/** RFC 3550's gain: a packet moves the mean by a sixteenth of the difference. */
const GAIN = 1 / 16;
/** A longer time without packets, in ms, is a pause. Many senders stop their RTP clock when they stop talking, which is not network jitter. */
const PAUSE_MS = 500;

export class JitterEstimate {
  #ms = 0;
  #timestamp = 0;
  #arrival = NaN;

  /** The mean deviation, smoothed, in ms. */
  get ms(): number {
    return this.#ms;
  }

  /** A packet with this RTP timestamp (32 bits, 48 kHz) arrived at `arrival` (ms). */
  arrive(timestamp: number, arrival: number): void {
    const apart = arrival - this.#arrival;
    const sent = ((timestamp - this.#timestamp) | 0) / SAMPLES_PER_MS;
    this.#timestamp = timestamp;
    this.#arrival = arrival;
    // False for the first packet (NaN), and if the clock was set back.
    if (apart >= 0 && apart <= PAUSE_MS) this.#ms += (Math.abs(apart - sent) - this.#ms) * GAIN;
  }

  /** The next packet belongs to another stream. */
  interrupt(): void {
    this.#arrival = NaN;
  }
}
