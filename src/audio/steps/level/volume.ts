/** Changes the volume. */
import { amount, fields, type Check } from '../../../checks/check.js';
import { checkLive, LiveValue, type Live } from '../live.js';
import { pcmFilter, type PcmFilter, type PcmStep } from '../step.js';
import { SmoothLevel } from './smooth-level.js';

/** The highest level: +20 dB. It catches percentages: a user who writes 50 means a half. */
const MOST = 10;

/** Options of a volume. */
export interface VolumeOptions {
  /** How long a change takes until it is complete to a thousandth, in ms. Default 20; 0 is at once, and clicks. */
  readonly ramp?: number;
}

/** The defaults of a volume. */
export const DEFAULT_VOLUME = { ramp: 20 } as const satisfies Required<VolumeOptions>;

const LEVEL = `a level from 0 to ${MOST}, of which 1 leaves the sound as it is: a percentage divided by 100, or db(decibels)`;
const checkLevel = amount(LEVEL, 0, MOST);
const checkOptions = fields({
  ramp: amount('a number of milliseconds, 0 or more', 0, 600_000),
} satisfies Readonly<Record<keyof VolumeOptions, Check>>);

/**
 * Makes the sound louder or quieter: 1 leaves it unchanged, 0.5 is -6 dB, 0 is silence; `db(-6)` converts from decibels. Changes are ramps,
 * so nothing clicks. It starts with the value that `level$` emits during its subscription, otherwise with 1.
 *
 * ```
 * pcm       a---b---c---d---|
 * level$    1------0.5------#       an error or completion: the last level stays
 * volume    a---b---c\--d/2-|       \: 20 ms of ramp
 * ```
 * What becomes louder than full scale is clipped at the end of the chain, audibly: put a `limiter()` after it.
 *
 * @param level from 0 to 10
 * @throws VoiceOptionsError for a level out of range, and for invalid options
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
