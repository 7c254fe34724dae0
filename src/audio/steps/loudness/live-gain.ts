/** The gain of a sound of which nothing is known before. */
import { CHANNELS } from '../../pcm/pcm.js';
import { db } from '../level/decibels.js';
import { SmoothLevel } from '../level/smooth-level.js';
import type { PcmStep } from '../step.js';
import { lufs, PowerSegments, SEGMENT } from './segments.js';

/** Segments of a block: 400 ms. */
const BLOCK = 4;
/** In LUFS: what is fainter is silence, and says nothing of the rest. */
const SILENCE = -70;
/** In LU below what was heard so far: a pause, or a quiet part, that is to stay one. */
const QUIET = -10;
/** Blocks that are remembered, of 100 ms each: 30 s. */
const MEMORY = 300;
/** In dB either way: more would make a song of a hiss. */
const MOST = 20;
/** How long a change takes, in ms. */
const RAMP = 3_000;

/**
 * Listens as it plays: the mean power of the last half a minute that counts is brought to what was wanted, slowly. Until the first 400 ms were
 * heard the sound is as it is.
 */
export class LiveGainStep implements PcmStep {
  readonly #target: number;
  readonly #segments = new PowerSegments();
  readonly #last: number[] = [];
  readonly #level = new SmoothLevel(1, RAMP);
  #wanted = 1;
  /** Samples of the segment that is being heard. */
  #at = 0;
  /** Mean power of what counted, and how many blocks it is of. */
  #mean = 0;
  #count = 0;

  constructor(target: number) {
    this.#target = target;
  }

  /** A tenth of a second is heard, and what it says counts from the next sample on: so it does not matter how the sound is cut. */
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
