/** How long a jitter buffer should wait for a missing packet, given how late packets have been. */
import { amount, type Check } from '../../checks/check.js';
import { VoiceOptionsError } from '../../errors.js';
import { isSilenceFrame, SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { VoicePacket } from '../../types.js';
import { SlidingMinimum } from '../timing/sliding-minimum.js';

/** The bounds of the wait. */
export interface JitterDelayOptions {
  /** Shortest wait for a missing packet, in ms, counted from the first packet behind it. Default 20. */
  readonly minDelay?: number;
  /** Longest time that any packet is held back, in ms. Default 200. */
  readonly maxDelay?: number;
}

/** The default bounds, in ms. */
export const DEFAULT_JITTER_DELAY = { minDelay: 20, maxDelay: 200 } as const satisfies Required<JitterDelayOptions>;

const MS = amount('a number of milliseconds, 0 or more', 0, Number.MAX_VALUE);
/** The check of each bound by itself. */
export const JITTER_DELAY = { minDelay: MS, maxDelay: MS } satisfies Readonly<Record<keyof JitterDelayOptions, Check>>;

/** The wait before anything was measured. */
const FIRST_MS = 60;
/** Each packet later than the estimate raises it by at most this much (ms); each other packet lowers it by at most a 200th of that. */
const RISE_MS = 20;
const FALL_MS = RISE_MS / 200;
/** Packets in half of the window that is searched for the fastest one: 2 s. */
const HALF_WINDOW = 100;
/** A larger step of the transit time (ms) is a pause with a frozen RTP clock, or a clock change: it is not jitter. */
const JUMP_MS = 1_000;

/**
 * The 99.5th percentile of the lateness of packets, within bounds. A packet's lateness is its transit time minus that of the fastest packet
 * of the last 2 to 4 seconds. Only differences count, so the clocks of sender and receiver need not agree.
 *
 * The percentile is found without a history (stochastic approximation by Robbins and Monro): up and down steps in a ratio of 200 to 1
 * balance when one packet in 200 is later. It is that high because waiting costs nothing while no packet is missing.
 */
export class JitterDelay {
  readonly #min: number;
  readonly #max: number;
  #late: number;
  #timestamp = 0;
  #arrival = Number.NaN;
  /** The last packet was silence: many senders stop their RTP clock after it. */
  #silent = false;
  /** Transit time relative to that of the packet at which measuring began; ms. */
  #transit = 0;
  readonly #transits = new SlidingMinimum(HALF_WINDOW);

  /** @throws VoiceOptionsError if `minDelay` is more than `maxDelay` */
  constructor(options: JitterDelayOptions = {}) {
    const { maxDelay = DEFAULT_JITTER_DELAY.maxDelay, minDelay = Math.min(DEFAULT_JITTER_DELAY.minDelay, maxDelay) } = options;
    if (minDelay > maxDelay) throw new VoiceOptionsError('minDelay', `must be a number of milliseconds from 0 to maxDelay (${maxDelay}), and is ${minDelay}`);
    this.#min = minDelay;
    this.#max = maxDelay;
    this.#late = Math.min(FIRST_MS, maxDelay);
  }

  /** The lower bound, in ms. */
  get min(): number {
    return this.#min;
  }

  /** The current wait, in whole ms like timers: a caller that asks again when a timer of this length fires is never slightly too early. */
  get ms(): number {
    return this.#late < this.#min ? this.#min : Math.min(Math.ceil(this.#late), this.#max);
  }

  /** Measures a packet. Packets need not come in order. */
  measure(packet: VoicePacket): void {
    const { timestamp, arrival } = packet;
    const step = arrival - this.#arrival - ((timestamp - this.#timestamp) | 0) / SAMPLES_PER_MS;
    const afterPause = packet.marker || this.#silent;
    this.#timestamp = timestamp;
    this.#arrival = arrival;
    this.#silent = isSilenceFrame(packet.frame);
    // NaN, before the first packet, does not count as a step.
    if (afterPause || !(Math.abs(step) <= JUMP_MS)) {
      this.#transit = 0;
      this.#transits.clear();
      this.#transits.add(0);
      return;
    }
    this.#transit += step;
    this.#transits.add(this.#transit);
    const lateness = Math.min(this.#transit - this.#transits.least, this.#max);
    this.#late = lateness > this.#late ? Math.min(lateness, this.#late + RISE_MS) : Math.max(lateness, this.#late - FALL_MS);
  }
}
