/** Fades in and out. */
import { isObservable, take, type Observable, type Subscription } from 'rxjs';
import { amount, fields, must } from '../../../checks/check.js';
import { report } from '../../../edge.js';
import { VoiceOptionsError } from '../../../errors.js';
import { SAMPLES_PER_MS } from '../../../protocol/silence.js';
import { CHANNELS } from '../../pcm/pcm.js';
import { pcmFilter, type PcmFilter, type PcmStep } from '../step.js';
import { curve } from './curve.js';

/** When a sound fades out: so that it is over at a given time, or when an Observable emits. */
export type FadeOutMoment =
  | {
      /** The time at which the fade is over, in ms from the beginning of the sound. */
      readonly until: number;
    }
  | {
      /** Its first value starts the fade. Completion without a value, or an error (which is reported), leaves the sound unchanged. */
      readonly on: Observable<unknown>;
    };

const checkTime = amount('a number of milliseconds, 0 or more', 0, Number.MAX_SAFE_INTEGER / SAMPLES_PER_MS);
const checkMoment = fields({ until: checkTime, on: must('an Observable, whose first value begins the fade', isObservable) });

/**
 * Fades the sound in from silence.
 *
 * ```
 * level   __/‾‾‾‾‾    (1 - cos(π·t / ms)) / 2
 * ```
 * @param ms length of the fade
 * @throws VoiceOptionsError for an invalid or negative time
 */
export function fadeIn(ms: number): PcmFilter {
  checkTime('ms', ms);
  const length = Math.round(ms * SAMPLES_PER_MS);
  return pcmFilter(() => {
    let at = 0;
    return {
      step: (samples) => {
        const end = Math.min(samples.length, (length - at) * CHANNELS);
        for (let i = 0; i < end; i += CHANNELS) {
          const level = curve(at++ / length);
          samples[i]! *= level;
          samples[i + 1]! *= level;
        }
        return samples;
      },
    };
  });
}

/**
 * Fades the sound out, and ends it there: an Observable completes, a loop is over, and the source is released.
 *
 * ```
 * on         --------x
 * level      ‾‾‾‾‾‾‾‾\__|
 * ```
 * A sound that ends by itself earlier has no fade: to fade out a song of known length, pass `until`.
 *
 * @param ms length of the fade
 * @throws VoiceOptionsError for an invalid or negative time, or if both `until` and `on` are missing
 */
export function fadeOut(ms: number, moment: FadeOutMoment): PcmFilter {
  checkTime('ms', ms);
  checkMoment('', moment);
  const { until, on }: { readonly until?: number; readonly on?: Observable<unknown> } = moment;
  const length = Math.round(ms * SAMPLES_PER_MS);
  if (until !== undefined) return pcmFilter(() => new FadeOutStep(length, Math.round(until * SAMPLES_PER_MS)));
  if (on !== undefined) return pcmFilter(() => new FadeOutStep(length, on));
  throw new VoiceOptionsError('until', 'is missing, and so is on: when does the sound fade out?');
}

class FadeOutStep implements PcmStep {
  readonly #length: number;
  /** The end of the fade, in samples from the beginning. */
  #end = Number.POSITIVE_INFINITY;
  #at = 0;
  readonly #subscription: Subscription | undefined;

  constructor(length: number, moment: number | Observable<unknown>) {
    this.#length = length;
    if (typeof moment === 'number') this.#end = moment;
    else this.#subscription = moment.pipe(take(1)).subscribe({ next: () => (this.#end = this.#at + length), error: report });
  }

  get over(): boolean {
    return this.#at >= this.#end;
  }

  step(samples: Float32Array): Float32Array {
    const pairs = Math.min(samples.length / CHANNELS, Math.max(0, this.#end - this.#at));
    const start = this.#end - this.#length;
    for (let i = Math.max(0, start - this.#at); i < pairs; i++) {
      // Minus 1, so that the last sample is silent, like what follows.
      const level = curve((this.#end - this.#at - i - 1) / this.#length);
      samples[CHANNELS * i]! *= level;
      samples[CHANNELS * i + 1]! *= level;
    }
    this.#at += pairs;
    return samples.subarray(0, pairs * CHANNELS);
  }

  free(): void {
    this.#subscription?.unsubscribe();
  }
}
