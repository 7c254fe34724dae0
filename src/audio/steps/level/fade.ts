/** Sound that comes and goes. */
import { isObservable, take, type Observable, type Subscription } from 'rxjs';
import { amount, fields, must } from '../../../checks/check.js';
import { report } from '../../../edge.js';
import { VoiceOptionsError } from '../../../errors.js';
import { SAMPLES_PER_MS } from '../../../protocol/silence.js';
import { CHANNELS } from '../../pcm/pcm.js';
import { pcmFilter, type PcmFilter, type PcmStep } from '../step.js';
import { curve } from './curve.js';

/** When a sound fades out: so that it is over at a time, or when an Observable gives something. */
export type FadeOutMoment =
  | {
      /** In ms from its beginning. */
      readonly until: number;
    }
  | {
      /** Its first value begins the fade. Completion without one, and an error, which is reported, leave the sound as it is. */
      readonly on: Observable<unknown>;
    };

const checkTime = amount('a number of milliseconds, 0 or more', 0, Number.MAX_SAFE_INTEGER / SAMPLES_PER_MS);
const checkMoment = fields({ until: checkTime, on: must('an Observable, whose first value begins the fade', isObservable) });

/**
 * Lets the sound come up out of silence.
 *
 * ```
 * level   __/‾‾‾‾‾    (1 - cos(π·t / ms)) / 2
 * ```
 * @param ms how long that takes
 * @throws VoiceOptionsError for a negative time, or none
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
 * Lets the sound go down into silence, and ends it there: an Observable completes, a loop is over, the source is let go of.
 *
 * ```
 * on         --------x
 * level      ‾‾‾‾‾‾‾‾\__|
 * ```
 * A sound that ends by itself before that has no fade: to fade out a song of known length, say until when.
 *
 * @param ms how long that takes
 * @throws VoiceOptionsError for a negative time, or for neither `until` nor `on`
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
  /** In samples from the beginning; the fade begins at the first one. */
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
      // One early, so that the last sample is silent: what is behind it is, too.
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
