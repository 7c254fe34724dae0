/** Speed and pitch. */
import { amount, fields, must } from '../../../checks/check.js';
import { CHANNELS, SAMPLE_RATE } from '../../pcm/pcm.js';
import { Resampler } from '../../pcm/resampler.js';
import type { Live } from '../live.js';
import { chain, pcmFilter, type PcmFilter, type PcmStep } from '../step.js';
import { liveFilter } from '../switch-filter.js';
import { WsolaStep } from './wsola.js';

/** Each is a factor, from 0.25 to 4; 1 changes nothing. */
export interface TimescaleOptions {
  /** Speed, at the same pitch. Default 1. */
  readonly speed?: number;
  /** Pitch, at the same speed: 2 is an octave up, 2 ** (1 / 12) a semitone. Default 1. */
  readonly pitch?: number;
  /** Both together, like a tape that runs faster. Default 1. */
  readonly rate?: number;
}

/** The defaults: nothing changes. */
export const DEFAULT_TIMESCALE = { speed: 1, pitch: 1, rate: 1 } as const satisfies Required<TimescaleOptions>;

const factor = amount('a factor from 0.25 to 4', 0.25, 4);
const form = fields({ speed: factor, pitch: factor, rate: factor });
const product = must('such that pitch times rate is from 0.125 to 8', (value) => (value as number) >= 0.125 && (value as number) <= 8);

function check(options: TimescaleOptions): void {
  form('', options);
  const { pitch, rate } = { ...DEFAULT_TIMESCALE, ...options };
  product('rate', pitch * rate);
}

/** Step of the rate to resample from, in Hz. With it, the pitch is at most 2.2 cents off an octave down, and a filter has at most 800 phases. */
const GRID = 60;

/**
 * Plays faster, slower, higher or lower. The length is divided by speed · rate, to the sample. About 60 ms are held back.
 *
 * ```
 * resampling    by pitch · rate            both the pitch and the tempo go up by that
 * WSOLA         by speed / pitch           the tempo is what was asked for
 * ```
 * Resampling alone (`rate`) adds no artefacts. WSOLA suits speech and most music from 0.5 to 2; beyond that it is audible.
 *
 * @throws VoiceOptionsError for a factor out of range
 */
export function timescale(options: Live<TimescaleOptions>): PcmFilter {
  return liveFilter(options, check, made);
}

/**
 * Faster and higher at once, like a tape that runs too fast: `timescale({ rate })`.
 *
 * @param rate default 1.25; below 1 it is slower and lower ("vaporwave")
 * @throws VoiceOptionsError for a factor out of range
 */
export function nightcore(rate = 1.25): PcmFilter {
  return timescale({ rate });
}

function made(options: TimescaleOptions): PcmFilter {
  const { speed, pitch, rate } = { ...DEFAULT_TIMESCALE, ...options };
  const from = Math.round((SAMPLE_RATE * pitch * rate) / GRID) * GRID;
  const tempo = (speed * rate * SAMPLE_RATE) / from;
  const scaled = chain(
    ...(from === SAMPLE_RATE ? [] : [pcmFilter(() => new ResampledStep(from))]),
    ...(Math.abs(tempo - 1) < 1e-9 ? [] : [pcmFilter(() => new WsolaStep(tempo))]),
  );
  return pcmFilter(() => new ExactStep(scaled.start(), speed * rate));
}

/** Both steps round to whole samples, and one may enlarge the error of the other: at the end, the length is corrected by some samples. */
class ExactStep implements PcmStep {
  readonly #scaled: PcmStep;
  readonly #factor: number;
  #taken = 0;
  #given = 0;

  constructor(scaled: PcmStep, factor: number) {
    this.#scaled = scaled;
    this.#factor = factor;
  }

  step(samples: Float32Array): Float32Array {
    this.#taken += samples.length;
    const scaled = this.#scaled.step(samples);
    this.#given += scaled.length;
    return scaled;
  }

  flush(): Float32Array {
    const whole = Math.round(this.#taken / CHANNELS / this.#factor) * CHANNELS;
    const rest = new Float32Array(Math.max(0, whole - this.#given));
    rest.set(this.#scaled.flush?.().subarray(0, rest.length) ?? []);
    return rest;
  }
}

class ResampledStep implements PcmStep {
  readonly #sides: readonly Resampler[];

  constructor(from: number) {
    this.#sides = Array.from({ length: CHANNELS }, () => new Resampler(from));
  }

  step(samples: Float32Array): Float32Array {
    const sides = this.#sides.map((resampler, side) => {
      const own = new Float32Array(samples.length / CHANNELS);
      for (let i = 0; i < own.length; i++) own[i] = samples[CHANNELS * i + side]!;
      return resampler.push(own);
    });
    return interleaved(sides);
  }

  flush(): Float32Array {
    return interleaved(this.#sides.map((resampler) => resampler.flush()));
  }
}

function interleaved([left, right]: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(left!.length * CHANNELS);
  for (let i = 0; i < left!.length; i++) {
    samples[CHANNELS * i] = left![i]!;
    samples[CHANNELS * i + 1] = right![i]!;
  }
  return samples;
}
