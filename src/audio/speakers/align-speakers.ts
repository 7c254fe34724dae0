/** The lift of the alignment to Observables: blocks by the clock. */
import { asyncScheduler, Observable, type OperatorFunction, type SchedulerAction, type SchedulerLike } from 'rxjs';
import type { AlignedAudio, PcmFrame } from '../pcm/pcm.js';
import { SpeakerAlignment, type AlignOptions } from './alignment.js';

/** How to align, and by which clock. */
export interface AlignSpeakersOptions extends AlignOptions {
  /** The clock, which must be that of the frames' `arrival`: the session's. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Puts all speakers on the session's clock: one block each 20 ms, from the first frame until the source completes, with silence
 * where nobody speaks. Blocks come 250 ms after their time, so that what was delayed is in its place.
 *
 * ```
 * A        a-a-a-------a-a-|
 * B        ----b-b-b-------|
 * blocks   --------0-1-2-3-4-5-(678|)    0: {A}, 2: {A, B}, …
 * ```
 * At completion the blocks of what is left come at once; an error passes at once, without them. How a speaker's RTP time is tied
 * to the clock: {@link SpeakerAlignment}.
 *
 * @throws RangeError when an option is out of its range
 */
export function alignSpeakers(options: AlignSpeakersOptions = {}): OperatorFunction<PcmFrame, AlignedAudio> {
  return alignBlocks(options, (alignment, frame) => alignment.push(frame));
}

/** The same of anything that frames can be made of. */
export function alignBlocks<T>(
  options: AlignSpeakersOptions,
  push: (alignment: SpeakerAlignment, value: T) => void,
): OperatorFunction<T, AlignedAudio> {
  const { scheduler = asyncScheduler } = options;
  // Wrong options are found out where they are written, not at the first subscription.
  void new SpeakerAlignment(options);
  return (frames) =>
    new Observable((subscriber) => {
      const alignment = new SpeakerAlignment(options);
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
