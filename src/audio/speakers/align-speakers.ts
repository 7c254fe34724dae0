/** The alignment as an operator, which emits blocks by the clock. */
import { Observable, type OperatorFunction, type SchedulerLike } from 'rxjs';
import { fields, type Check } from '../../checks/check.js';
import { SCHEDULER } from '../../checks/common.js';
import type { AlignedAudio, PcmFrame } from '../pcm/pcm.js';
import { WakeUp } from '../timing/wake-up.js';
import { ALIGNMENT, SpeakerAlignment, type AlignOptions } from './alignment.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/** How to align, and by which clock. */
export interface AlignSpeakersOptions extends AlignOptions {
  /** The clock, which must be that of the frames' `arrival`: the session's. Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** ms by which a block may be late without checking the sockets first: its packets arrived a while ago, or never will. */
const LATE_MS = 10;

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

/** The same for any values from which frames can be made. */
export function alignBlocks<T>(
  options: AlignSpeakersOptions,
  push: (alignment: SpeakerAlignment, value: T) => void,
): OperatorFunction<T, AlignedAudio> {
  // Wrong options throw at the call, not at the first subscription.
  checkOptions('', options);
  const { scheduler = steadyScheduler, ...align } = options;
  return (frames) =>
    new Observable((subscriber) => {
      const alignment = new SpeakerAlignment(align);
      const give = (blocks: readonly AlignedAudio[]): void => blocks.forEach((block) => subscriber.next(block));
      const due = (): number => Math.ceil(alignment.due ?? 0);
      const wakeUp = new WakeUp(scheduler, (now) => {
        give(alignment.advance(now));
        return due();
      }, LATE_MS);
      subscriber.add(() => wakeUp.stop());
      let ticks = false;
      const subscription = frames.subscribe({
        next: (frame) => {
          push(alignment, frame);
          if (ticks) return;
          ticks = true;
          wakeUp.set(due());
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
