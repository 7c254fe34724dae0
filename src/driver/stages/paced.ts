/**
 * Pacing as a stage: frames at the right time, with silence and speaking notices around them. The driver's own pump and clock, with a stream as the
 * link.
 */
import { Observable, of, Subscription, type SchedulerLike } from 'rxjs';
import { fields, type Check } from '../../checks/check.js';
import { OBSERVABLE, SCHEDULER } from '../../checks/common.js';
import { frameClock, type Seating } from '../../media/send/clock.js';
import type { MediaLink } from '../../media/send/link.js';
import { play } from '../../media/send/play.js';
import { PLAY_CHECKS, type FrameInput, type PlayOptions } from '../../media/send/play-options.js';
import { Pump } from '../../media/send/pump.js';
import type { SentPacket } from '../../media/send/sender.js';
import type { OpusFrame, SpeakingFlags } from '../../types.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/** A frame that is due. */
export interface PacedFrame {
  readonly type: 'frame';
  /** A frame of the source, or silence if the source starves or has ended. */
  readonly frame: OpusFrame;
  /** Its duration, in samples at 48 kHz. */
  readonly samples: number;
  /** Samples at 48 kHz between the end of the previous frame and this one: the RTP timestamp advances by them. Mostly 0. */
  readonly gap: number;
}

/** The flags to send in opcode 5 now: before the first frame of a talk spurt, and after the silence that ends one. */
export interface PacedSpeaking {
  readonly type: 'speaking';
  readonly speaking: SpeakingFlags;
}

/** What {@link paced$} emits. */
export type Paced = PacedFrame | PacedSpeaking;

/** Options of {@link paced$}: those of `session.play`, and those that a session decides itself. */
export interface PacedOptions extends PlayOptions {
  /**
   * While its last value is false, the source is held, or skipped, as `whenSuspended` says: meant for `sendable$` of `dave$`. Default always true.
   */
  readonly sendable$?: Observable<boolean>;
  /** All streams of a scheduler share one clock. Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

const checkOptions = fields({
  ...PLAY_CHECKS,
  sendable$: OBSERVABLE,
  scheduler: SCHEDULER,
} satisfies Readonly<Record<keyof PacedOptions, Check>>);

/** Nothing is sent here; nobody sees this result that the pump gets. */
const NOT_SENT: SentPacket = { sequence: 0, timestamp: 0, bytes: 0 };

/**
 * Emits frames when they are due, read from the source as the clock asks for them. First emits speaking 0, which a voice server needs before it
 * forwards anything; emits speaking 1 before the first frame; fills a gap, and the end, with up to five frames of silence, and then emits speaking 0.
 * Completes, or errors with the error of the source, after the silence. Cold; errors with an InvalidFrameError, a FrameOverflowError or a
 * VoiceOptionsError as `session.play` does. A consumer that unsubscribes gets neither the silence nor the final speaking 0: let the source end
 * instead.
 *
 * ```
 * frames  (ab|)
 * result  o(Ia)-b-s-s-s-s-(so|)    o and I: speaking 0 and 1; s: silence; 20 ms apart
 * ```
 */
export function paced$(frames: FrameInput, options: PacedOptions = {}): Observable<Paced> {
  return new Observable((subscriber) => {
    checkOptions('', options);
    const { scheduler = steadyScheduler, sendable$ = of(true), ...playOptions } = options;
    const clock = frameClock(scheduler);
    /** The pump's seat on the clock, given back when it has nothing more to send. */
    let seat = Subscription.EMPTY;
    const seating: Seating = {
      nextStart: () => clock.nextStart(),
      serves: (pump) => clock.serves(pump),
      take: (pump) => (seat = clock.take(pump)),
    };
    const pump = new Pump(seating);
    // On teardown the play is stopped first, and then the pump.
    const playing = new Subscription();
    subscriber.add(playing);
    subscriber.add(() => pump.end(undefined));

    let gap = 0;
    const link: MediaLink = {
      send: (frame, samples) => {
        const before = gap;
        gap = 0;
        subscriber.next({ type: 'frame', frame, samples, gap: before });
        return NOT_SENT;
      },
      skip: (samples) => (gap += samples),
      speaking: (speaking) => subscriber.next({ type: 'speaking', speaking }),
    };
    subscriber.add(
      sendable$.subscribe({
        next: (sendable) => (sendable ? pump.attach(link) : pump.detach()),
        error: (error: unknown) => subscriber.error(error),
      }),
    );
    // A consumer that unsubscribed at the first emission gets no play.
    if (subscriber.closed) return;
    playing.add(
      play(pump, frames, playOptions).subscribe({
        // At once if there is no seat, and so no silence to wait for.
        error: (error: unknown) => seat.add(() => subscriber.error(error)),
        complete: () => seat.add(() => subscriber.complete()),
      }),
    );
  });
}
