/** Pacing as a stage: frames at their time, with what belongs around them. The driver's own pump and clock, with a stream for a link. */
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

/** A frame whose time has come. */
export interface PacedFrame {
  readonly type: 'frame';
  /** One of the source's, or of silence where the source starves or has ended. */
  readonly frame: OpusFrame;
  /** How long it lasts: samples at 48 kHz. */
  readonly samples: number;
  /** Samples at 48 kHz between the end of the frame before and this one: the RTP timestamp moves over them. Mostly 0. */
  readonly gap: number;
}

/** What opcode 5 is to say now: before the first frame of a spurt, and after the silence that ends one. */
export interface PacedSpeaking {
  readonly type: 'speaking';
  readonly speaking: SpeakingFlags;
}

/** What {@link paced$} emits. */
export type Paced = PacedFrame | PacedSpeaking;

/** How to pace: the options of `session.play`, and what the session decides for it. */
export interface PacedOptions extends PlayOptions {
  /** While its last value is false, the source is held, or skipped, as `whenSuspended` says: for `sendable$` of `dave$`. Default always true. */
  readonly sendable$?: Observable<boolean>;
  /** All streams of a scheduler share one clock. Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

const checkOptions = fields({
  ...PLAY_CHECKS,
  sendable$: OBSERVABLE,
  scheduler: SCHEDULER,
} satisfies Readonly<Record<keyof PacedOptions, Check>>);

/** Nothing is sent here, and what the pump is told of it is told to nobody. */
const NOT_SENT: SentPacket = { sequence: 0, timestamp: 0, bytes: 0 };

/**
 * Frames at the time at which they are to leave, read from the source as the clock asks for them. Says at once that we do not speak,
 * which a voice server wants to hear before it forwards anything; that we do before the first frame; fills a gap, and the end, with up to
 * five frames of silence, and then says that we do not speak any more. Completes, or errors with what the source fails with, after the
 * silence. Cold; errors with an InvalidFrameError, a FrameOverflowError or a VoiceOptionsError as `session.play` does. Who unsubscribes hears no more,
 * neither of the silence nor of the speaking: let the source end instead.
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
    /** The pump's seat on the clock: given back when it has nothing more to send. */
    let seat = Subscription.EMPTY;
    const seating: Seating = {
      nextStart: () => clock.nextStart(),
      serves: (pump) => clock.serves(pump),
      take: (pump) => (seat = clock.take(pump)),
    };
    const pump = new Pump(seating);
    // First what plays, by being stopped, and then what it is played by.
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
    // Whoever let go at the first word is not played to.
    if (subscriber.closed) return;
    playing.add(
      play(pump, frames, playOptions).subscribe({
        // At once where there is no seat, and so no silence to wait for.
        error: (error: unknown) => seat.add(() => subscriber.error(error)),
        complete: () => seat.add(() => subscriber.complete()),
      }),
    );
  });
}
