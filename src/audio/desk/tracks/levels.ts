/** The level of a track: the product of all its gains. */
import { SAMPLES_PER_FRAME } from '../../../protocol/silence.js';
import { CHANNELS } from '../../pcm/pcm.js';
import { Ramp } from '../mixture/ramp.js';

/** Gains of a frame; reused for the next one. */
const gains = new Float32Array(SAMPLES_PER_FRAME);

export class Levels {
  readonly volume: Ramp;
  readonly mute = new Ramp(1);
  /** Fade-in at its start, fade-out at its end, crossfade to the next track. */
  readonly fade = new Ramp(1);
  readonly duck = new Ramp(1);
  /** Around a pause, a seek or a stall, so that nothing clicks. */
  readonly gate = new Ramp(1);
  readonly #all: readonly Ramp[];

  constructor(volume: number) {
    this.volume = new Ramp(volume);
    this.#all = [this.volume, this.mute, this.fade, this.duck, this.gate];
  }

  get settled(): boolean {
    return this.#all.every(({ settled }) => settled);
  }

  /** The product, valid when all are settled. */
  get value(): number {
    return this.#all.reduce((product, { value }) => product * value, 1);
  }

  /** Adds samples to a mixture, at their level, and advances by a frame. Both arrays begin at the same sample. */
  add(samples: Float32Array, mixture: Float32Array): void {
    if (this.settled) {
      const gain = this.value;
      if (gain === 1) for (let i = 0; i < mixture.length; i++) mixture[i]! += samples[i]!;
      else if (gain > 0) for (let i = 0; i < mixture.length; i++) mixture[i]! += samples[i]! * gain;
      return;
    }
    gains.fill(1);
    for (const ramp of this.#all) ramp.apply(gains);
    for (let i = 0, at = 0; i < mixture.length; i += CHANNELS, at++) {
      mixture[i]! += samples[i]! * gains[at]!;
      mixture[i + 1]! += samples[i + 1]! * gains[at]!;
    }
  }
}
