/** Interarrival jitter: how much the distance of two packets on arrival differs from what it was on sending. RFC 3550 A.8. */
import { SAMPLES_PER_MS } from '../../protocol/silence.js';

/** RFC 3550's gain: a single packet moves the mean by a sixteenth of what it differs. */
const GAIN = 1 / 16;
/** ms without a packet that are a pause. Many senders stop their RTP clock when they stop to talk, which is no jitter of the network. */
const PAUSE_MS = 500;

export class JitterEstimate {
  #ms = 0;
  #timestamp = 0;
  #arrival = NaN;

  /** The mean deviation, smoothed, in ms. */
  get ms(): number {
    return this.#ms;
  }

  /** A packet with this RTP timestamp (32 bits, 48 kHz) came at `arrival` (ms). */
  arrive(timestamp: number, arrival: number): void {
    const apart = arrival - this.#arrival;
    const sent = ((timestamp - this.#timestamp) | 0) / SAMPLES_PER_MS;
    this.#timestamp = timestamp;
    this.#arrival = arrival;
    // Not so for the first packet, nor where the clock was set back.
    if (apart >= 0 && apart <= PAUSE_MS) this.#ms += (Math.abs(apart - sent) - this.#ms) * GAIN;
  }

  /** What comes next is of another stream. */
  interrupt(): void {
    this.#arrival = NaN;
  }
}
