/** Louder and fainter. */
import { amount, fields, type Check } from '../../../checks/check.js';
import { checkLive, LiveValue, type Live } from '../live.js';
import { pcmFilter, type PcmFilter, type PcmStep } from '../step.js';
import { SmoothLevel } from './smooth-level.js';

/** The loudest: +20 dB. Who writes 50 means a half. */
const MOST = 10;

/** How a level changes. */
export interface VolumeOptions {
  /** How long a change takes until all but a thousandth of it is done, in ms. Default 20; 0 is at once, and clicks. */
  readonly ramp?: number;
}

/** How a level changes unless told otherwise. */
export const DEFAULT_VOLUME = { ramp: 20 } as const satisfies Required<VolumeOptions>;

const LEVEL = `a level from 0 to ${MOST}, of which 1 leaves the sound as it is: a percentage divided by 100, or db(decibels)`;
const checkLevel = amount(LEVEL, 0, MOST);
const checkOptions = fields({
  ramp: amount('a number of milliseconds, 0 or more', 0, 600_000),
} satisfies Readonly<Record<keyof VolumeOptions, Check>>);

/**
 * Makes the sound louder or fainter: 1 leaves it as it is, 0.5 is 6 dB less, 0 is silence; `db(-6)` writes it in decibels. Changes are
 * ramps, so nothing clicks. It begins at what `level$` gives at its subscription, and else at 1.
 *
 * ```
 * pcm       a---b---c---d---|
 * level$    1------0.5------#       an error or completion: the last level stays
 * volume    a---b---c\--d/2-|       \: 20 ms of ramp
 * ```
 * What becomes louder than full scale is cut off at the end of the chain, which is heard: put a `limiter()` behind it.
 *
 * @param level from 0 to 10
 * @throws VoiceOptionsError for another one, and for options that are none
 */
export function volume(level: Live<number>, options: VolumeOptions = {}): PcmFilter {
  checkOptions('', options);
  const { ramp = DEFAULT_VOLUME.ramp } = options;
  const check = (value: number): void => checkLevel('level', value);
  checkLive(level, check);
  return pcmFilter(() => new VolumeStep(new LiveValue(level, 1, check), ramp));
}

class VolumeStep implements PcmStep {
  readonly #wanted: LiveValue<number>;
  readonly #level: SmoothLevel;

  constructor(wanted: LiveValue<number>, ramp: number) {
    this.#wanted = wanted;
    this.#level = new SmoothLevel(wanted.value, ramp);
  }

  step(samples: Float32Array): Float32Array {
    const wanted = this.#wanted.value;
    let i = 0;
    for (; i < samples.length && !this.#level.at(wanted); i += 2) {
      const level = this.#level.next(wanted);
      samples[i]! *= level;
      samples[i + 1]! *= level;
    }
    if (wanted !== 1) for (; i < samples.length; i++) samples[i]! *= wanted;
    return samples;
  }

  free(): void {
    this.#wanted.free();
  }
}
