/** Varies the pitch periodically. */
import { amount, fields } from '../../../checks/check.js';
import { SAMPLES_PER_MS } from '../../../protocol/silence.js';
import { CHANNELS, SAMPLE_RATE } from '../../pcm/pcm.js';
import type { Live } from '../live.js';
import { joined } from '../numbers.js';
import { pcmFilter, type PcmFilter, type PcmStep } from '../step.js';
import { liveFilter } from '../switch-filter.js';

/** Options of the vibrato. */
export interface VibratoOptions {
  /** Frequency in Hz, from 0.1 to 14. Default 2. */
  readonly frequency?: number;
  /** Strength, from 0 to 1: the pitch changes by π·5 ms·depth·frequency in both directions, 1.6 % by default. Default 0.5. */
  readonly depth?: number;
}

/** The defaults of the vibrato, as in Lavalink. */
export const DEFAULT_VIBRATO = { frequency: 2, depth: 0.5 } as const satisfies Required<VibratoOptions>;

/** The delay varies from 0 to this: 5 ms. */
const REACH = 5 * SAMPLES_PER_MS;
/** How many of the four samples of an interpolation are behind the position. */
const BEHIND = 2;
const LOOK_AHEAD = REACH + BEHIND;

const check = fields({ frequency: amount('a frequency from 0.1 to 14 Hz', 0.1, 14), depth: amount('a depth from 0 to 1', 0, 1) });

/**
 * Makes the pitch go up and down by varying a delay. The length stays the same.
 *
 * ```
 * y[n] = x(n + 239·depth·(1 - cos φ) / 2)        φ = 2π·frequency·(n + 240) / 48 000
 * ```
 * x between two samples is interpolated by the cubic through four (Catmull-Rom).
 *
 * @throws VoiceOptionsError for an option out of range
 *
 * Source: the delay is that of ffmpeg's `vibrato`, without its 5 ms of latency; U. Zölzer (ed.), DAFX, 2nd edition, section 2.6.1.
 */
export function vibrato(options: Live<VibratoOptions> = {}): PcmFilter {
  return liveFilter(
    options,
    (value) => check('', value),
    (value) => {
      const { frequency, depth } = { ...DEFAULT_VIBRATO, ...value };
      return pcmFilter(() => new VibratoStep(frequency, depth));
    },
  );
}

class VibratoStep implements PcmStep {
  readonly #depth: number;
  readonly #share: number;
  /** In turns. */
  #phase: number;
  /** The input, starting one sample before the next output sample. */
  #input = new Float32Array(CHANNELS);

  constructor(frequency: number, depth: number) {
    this.#depth = depth;
    this.#share = frequency / SAMPLE_RATE;
    this.#phase = (REACH * this.#share) % 1;
  }

  step(samples: Float32Array): Float32Array {
    const input = joined([this.#input, samples]);
    const count = Math.max(0, input.length / CHANNELS - 1 - LOOK_AHEAD);
    const output = new Float32Array(count * CHANNELS);
    for (let n = 0; n < count; n++) {
      const ahead = ((REACH - 1) * this.#depth * (1 - Math.cos(2 * Math.PI * this.#phase))) / 2;
      const whole = Math.floor(ahead);
      const at = (n + 1 + whole) * CHANNELS;
      output[CHANNELS * n] = between(input, at, ahead - whole);
      output[CHANNELS * n + 1] = between(input, at + 1, ahead - whole);
      this.#phase += this.#share;
      if (this.#phase >= 1) this.#phase -= 1;
    }
    this.#input = input.slice(output.length);
    return output;
  }

  flush(): Float32Array {
    return this.step(new Float32Array(LOOK_AHEAD * CHANNELS));
  }
}

/** Interpolates one side, `share` of the way from the sample `at` to the next one. */
function between(input: Float32Array, at: number, share: number): number {
  const [before, here, next, after] = [input[at - CHANNELS]!, input[at]!, input[at + CHANNELS]!, input[at + 2 * CHANNELS]!];
  const slope = (next - before) / 2;
  const end = (after - here) / 2;
  const bend = here - next;
  return here + share * (slope + share * (-3 * bend - 2 * slope - end + share * (2 * bend + slope + end)));
}
