/** How long a jitter buffer should wait for what is missing, by how late packets have been. */
import { amount, type Check } from '../../checks/check.js';
import { VoiceOptionsError } from '../../errors.js';
import { isSilenceFrame, SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { VoicePacket } from '../../types.js';
import { SlidingMinimum } from '../timing/sliding-minimum.js';

/** The bounds of the wait. */
export interface JitterDelayOptions {
  /** ms that a missing packet is waited for at least, from the first packet behind it. Default 20. */
  readonly minDelay?: number;
  /** ms that any packet is held back at most. Default 200. */
  readonly maxDelay?: number;
}

/** The bounds unless told otherwise, in ms. */
export const DEFAULT_JITTER_DELAY = { minDelay: 20, maxDelay: 200 } as const satisfies Required<JitterDelayOptions>;

const MS = amount('a number of milliseconds, 0 or more', 0, Number.MAX_VALUE);
/** Of each bound by itself. */
export const JITTER_DELAY = { minDelay: MS, maxDelay: MS } satisfies Readonly<Record<keyof JitterDelayOptions, Check>>;

/** What is waited before anything is known. */
const FIRST_MS = 60;
/** Each packet later than the estimate raises it by this much (ms) at most; each other one lowers it by a 200th of that. */
const RISE_MS = 20;
const FALL_MS = RISE_MS / 200;
/** Packets in half of the window in which the fastest one is looked for: 2 s. */
const HALF_WINDOW = 100;
/** A step of the transit time beyond this (ms) is a pause with a frozen RTP clock, or a clock that was set: no jitter. */
const JUMP_MS = 1_000;

/**
 * The 99.5th percentile of the lateness of packets, within bounds. A packet's lateness is how much longer it was under way than
 * the fastest one of the last 2 to 4 seconds: only differences count, so the two clocks need not agree.
 *
 * The percentile is found without a history (Robbins and Monro's stochastic approximation): steps up and down of 200 to 1 are in
 * balance where one packet in 200 is later. It is high because waiting costs nothing while nothing is missing.
 */
export class JitterDelay {
  readonly #min: number;
  readonly #max: number;
  #late: number;
  #timestamp = 0;
  #arrival = Number.NaN;
  /** The last packet was silence: the RTP clock of many senders stands still from there on. */
  #silent = false;
  /** Time under way, less that of the packet at which the measure began; ms. */
  #transit = 0;
  readonly #transits = new SlidingMinimum(HALF_WINDOW);

  /** @throws VoiceOptionsError where the lower bound is not below the upper one */
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

  /** The wait that is right now, in ms: whole ones, as timers count, so that who asks again when it is over is not a hair too early. */
  get ms(): number {
    return this.#late < this.#min ? this.#min : Math.min(Math.ceil(this.#late), this.#max);
  }

  /** Takes a packet into account, whatever its place in the stream. */
  measure(packet: VoicePacket): void {
    const { timestamp, arrival } = packet;
    const step = arrival - this.#arrival - ((timestamp - this.#timestamp) | 0) / SAMPLES_PER_MS;
    const afterPause = packet.marker || this.#silent;
    this.#timestamp = timestamp;
    this.#arrival = arrival;
    this.#silent = isSilenceFrame(packet.frame);
    // NaN, before the first packet, is no step either.
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
