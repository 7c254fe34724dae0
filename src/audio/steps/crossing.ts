/** Switches from one filter to another: both process a piece of the sound, with a crossfade. */
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { CHANNELS } from '../pcm/pcm.js';
import { curve } from './level/curve.js';
import { joined } from './numbers.js';
import type { PcmStep } from './step.js';

/** Values that both filters process: 20 ms. */
const OVERLAP = 20 * SAMPLES_PER_MS * CHANNELS;

/**
 * ```
 * old   ……h h h|o o o o          what it held back, then the overlap, all of it: it is flushed
 * new          |n n n n n n …    from the start of the overlap on; perhaps later, if it holds back, too
 * out   ……h h h \o+n/ n n n …
 * ```
 * The end of the old filter's output is the end of the overlap, however much it held back. So if both filters keep the length, the samples
 * that are mixed belong to the same moment. There is no output before the overlap is over: a piece of 20 ms is delayed to the next one.
 */
export class Crossing {
  #old: PcmStep | undefined;
  readonly #next: PcmStep;
  #fed = 0;
  readonly #before: Float32Array[] = [];
  readonly #after: Float32Array[] = [];
  /** The end of the old filter's output, which is to be mixed, and how much of it has been. */
  #tail = new Float32Array(0);
  #mixed = 0;

  constructor(old: PcmStep, next: PcmStep) {
    this.#old = old;
    this.#next = next;
  }

  /** Whether only the new filter is heard from now on. */
  get done(): boolean {
    return this.#old === undefined && this.#mixed === this.#tail.length;
  }

  step(samples: Float32Array): Float32Array {
    const both = this.#old === undefined ? 0 : Math.min(samples.length, OVERLAP - this.#fed);
    if (both > 0) this.#feed(samples.slice(0, both));
    const rest = both < samples.length ? this.#next.step(samples.subarray(both)) : new Float32Array(0);
    if (this.#fed < OVERLAP) return rest;
    return joined([this.#part(), this.#mix(joined([...this.#after.splice(0), rest]))]);
  }

  flush(): Float32Array {
    const before = this.#part();
    const after = this.#mix(joined([...this.#after.splice(0), this.#next.flush?.() ?? new Float32Array(0)]));
    // If the new filter gives less than the old one, the old one still fades out.
    const missing = this.#mix(new Float32Array(this.#tail.length - this.#mixed));
    return joined([before, after, missing]);
  }

  free(): void {
    this.#old?.free?.();
  }

  #feed(samples: Float32Array): void {
    this.#fed += samples.length;
    this.#before.push(this.#old!.step(samples.slice()));
    this.#after.push(this.#next.step(samples));
  }

  /** The old filter's output before the overlap. The old filter is freed. */
  #part(): Float32Array {
    const old = this.#old;
    if (old === undefined) return new Float32Array(0);
    this.#old = undefined;
    const all = joined([...this.#before.splice(0), old.flush?.() ?? new Float32Array(0)]);
    old.free?.();
    this.#tail = all.slice(Math.max(0, all.length - this.#fed));
    return all.subarray(0, all.length - this.#tail.length);
  }

  #mix(samples: Float32Array): Float32Array {
    const count = Math.min(samples.length, this.#tail.length - this.#mixed);
    for (let i = 0; i < count; i++) {
      const share = curve((this.#mixed + (i - (i % CHANNELS))) / this.#tail.length);
      samples[i] = samples[i]! * share + this.#tail[this.#mixed + i]! * (1 - share);
    }
    this.#mixed += count;
    return samples;
  }
}
