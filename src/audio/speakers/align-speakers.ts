/** The lift of the alignment to Observables: blocks by the clock. */
import { Observable, type OperatorFunction, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { fields, type Check } from '../../checks/check.js';
import { SCHEDULER } from '../../checks/common.js';
import type { AlignedAudio, PcmFrame } from '../pcm/pcm.js';
import { ALIGNMENT, SpeakerAlignment, type AlignOptions } from './alignment.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/** How to align, and by which clock. */
export interface AlignSpeakersOptions extends AlignOptions {
  /** The clock, which must be that of the frames' `arrival`: the session's. Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

const checkOptions = fields({ ...ALIGNMENT, scheduler: SCHEDULER } satisfies Readonly<Record<keyof AlignSpeakersOptions, Check>>);

/**
 * Puts all speakers on the session's clock: one block every 20 ms, from the first frame until the source completes, with silence
 * where nobody speaks. Blocks are emitted 250 ms after their time, so that delayed frames are in their place.
 *
 * ```
 * A        a-a-a-------a-a-|
 * B        ----b-b-b-------|
 * blocks   --------0-1-2-3-4-5-(678|)    0: {A}, 2: {A, B}, …
 * ```
 * On completion the remaining blocks are emitted at once; an error is passed on at once, without them. {@link SpeakerAlignment} relates
 * the RTP time of a speaker to the clock.
 *
 * @throws VoiceOptionsError for an unknown option, or one that is out of range
 */
export function alignSpeakers(options: AlignSpeakersOptions = {}): OperatorFunction<PcmFrame, AlignedAudio> {
  return alignBlocks(options, (alignment, frame) => alignment.push(frame));
}

/** The same of anything that frames can be made of. */
export function alignBlocks<T>(
  options: AlignSpeakersOptions,
  push: (alignment: SpeakerAlignment, value: T) => void,
): OperatorFunction<T, AlignedAudio> {
  // Wrong options are found out where they are written, not at the first subscription.
  checkOptions('', options);
  const { scheduler = steadyScheduler, ...align } = options;
  return (frames) =>
    new Observable((subscriber) => {
      const alignment = new SpeakerAlignment(align);
      let ticks = false;
      const give = (blocks: readonly AlignedAudio[]): void => blocks.forEach((block) => subscriber.next(block));
      const wait = (): number => Math.max(0, Math.ceil((alignment.due ?? 0) - scheduler.now()));
      const tick = function (this: SchedulerAction<void>): void {
        give(alignment.advance(scheduler.now()));
        if (!subscriber.closed) this.schedule(undefined, wait());
      };
      const subscription = frames.subscribe({
        next: (frame) => {
          push(alignment, frame);
          if (ticks) return;
          ticks = true;
          subscriber.add(scheduler.schedule(tick, wait()));
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          give(alignment.flush());
          subscriber.complete();
        },
      });
      subscriber.add(subscription);
    });
}
