/** The gain for a sound whose loudness is not known beforehand. */
import { CHANNELS } from '../../pcm/pcm.js';
import { db } from '../level/decibels.js';
import { SmoothLevel } from '../level/smooth-level.js';
import type { PcmStep } from '../step.js';
import { lufs, PowerSegments, SEGMENT } from './segments.js';

/** Segments per block: 400 ms. */
const BLOCK = 4;
/** In LUFS: quieter sound is silence, and is ignored. */
const SILENCE = -70;
/** In LU relative to the mean so far: a pause or a quiet part, which must stay quiet. */
const QUIET = -10;
/** Blocks that are remembered, one per 100 ms: 30 s. */
const MEMORY = 300;
/** Largest gain in dB, up or down: more would turn noise into loud sound. */
const MOST = 20;
/** How long a change takes, in ms. */
const RAMP = 3_000;

/**
 * Measures while the sound plays: the mean power of the last half minute, without quiet parts, is slowly brought to the target. The first
 * 400 ms stay unchanged.
 */
export class LiveGainStep implements PcmStep {
  readonly #target: number;
  readonly #segments = new PowerSegments();
  readonly #last: number[] = [];
  readonly #level = new SmoothLevel(1, RAMP);
  #wanted = 1;
  /** Samples of the current segment so far. */
  #at = 0;
  /** Mean power of the blocks that count, and their number. */
  #mean = 0;
  #count = 0;

  constructor(target: number) {
    this.#target = target;
  }

  /** Each tenth of a second that was measured takes effect from the next sample on, so the result does not depend on how the sound is cut. */
  step(samples: Float32Array): Float32Array {
    for (let from = 0; from < samples.length; ) {
      const part = samples.subarray(from, from + (SEGMENT - this.#at) * CHANNELS);
      const powers = this.#segments.add(part);
      for (let i = 0; i < part.length; i += CHANNELS) {
        const level = this.#level.next(this.#wanted);
        part[i]! *= level;
        part[i + 1]! *= level;
      }
      for (const power of powers) this.#hear(power);
      this.#at = (this.#at + part.length / CHANNELS) % SEGMENT;
      from += part.length;
    }
    return samples;
  }

  #hear(power: number): void {
    this.#last.push(power);
    if (this.#last.length > BLOCK) this.#last.shift();
    if (this.#last.length < BLOCK) return;
    const block = this.#last.reduce((sum, one) => sum + one, 0) / BLOCK;
    if (lufs(block) < SILENCE || (this.#count > 0 && lufs(block) < lufs(this.#mean) + QUIET)) return;
    this.#count = Math.min(MEMORY, this.#count + 1);
    this.#mean += (block - this.#mean) / this.#count;
    this.#wanted = db(Math.max(-MOST, Math.min(MOST, this.#target - lufs(this.#mean))));
  }
}
