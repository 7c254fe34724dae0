/** Talk spurts as inner Observables. */
import { map, Observable, Subject, takeUntil, type OperatorFunction, type SchedulerLike, type Subscriber } from 'rxjs';
import { fields, must, type Check } from '../../checks/check.js';
import { SCHEDULER } from '../../checks/common.js';
import type { Snowflake, VoicePacket } from '../../types.js';
import { WakeUp } from '../timing/wake-up.js';
import { MAX_STREAMS, SSRC_TABLE, SsrcTable } from '../ssrc-table.js';
import { TALK_SPURT_DETECTOR, TalkSpurtDetector, type TalkSpurtDetectorOptions, type TalkSpurtStep } from './talk-spurt-detector.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/**
 * A talk spurt: what one user says between two pauses, as a hot stream of packets that completes when the user has stopped.
 *
 * Subscribe when the spurt is emitted to get all its packets. A later subscriber gets the packets from then on, or only the
 * completion. To use it later, keep it: `mergeMap((spurt) => { const kept$ = spurt.pipe(shareReplay()); kept$.subscribe(); … })`.
 */
export interface TalkSpurt extends Observable<VoicePacket> {
  /** The user who speaks; null while the voice server has not announced it. */
  readonly userId: Snowflake | null;
  readonly ssrc: number;
  /** When its first voice packet arrived, in ms of the session's scheduler. */
  readonly startedAt: number;
}

/** Options of {@link talkSpurts}. */
export interface TalkSpurtOptions extends TalkSpurtDetectorOptions {
  /** Only this user's. Default: everybody's. */
  readonly userId?: Snowflake;
  /** ms without a packet after which an SSRC is forgotten. Default 60 000. */
  readonly idle?: number;
  /** The most SSRCs at once. With one more, the one that was silent for longest is dropped, and its spurt ends. Default 256. */
  readonly maxStreams?: number;
  /** The clock and the timer. Default `steadyScheduler`; if the session has another, pass that. */
  readonly scheduler?: SchedulerLike;
}

/** The defaults: how many SSRCs are followed, and for how long (ms). */
export const DEFAULT_TALK_SPURTS = { idle: 60_000, maxStreams: MAX_STREAMS } as const satisfies Partial<TalkSpurtOptions>;

const checkOptions = fields({
  ...TALK_SPURT_DETECTOR,
  ...SSRC_TABLE,
  userId: must('the id of a user, as a text', (value) => typeof value === 'string'),
  scheduler: SCHEDULER,
} satisfies Readonly<Record<keyof TalkSpurtOptions, Check>>);

/** One SSRC: the detector of its speech, and the current spurt. */
interface Speaker {
  readonly detector: TalkSpurtDetector;
  spurt$: Subject<VoicePacket> | undefined;
}

/**
 * Emits one inner stream for each talk spurt (a stretch of speech); several at once when several users speak. Nothing is decoded: see
 * {@link TalkSpurtDetector}.
 *
 * ```
 * packets   -a-a-a-b-b-a-a-----------a-a---------|     a, b: two users
 * spurts    -A-----B-----------------A-----------|
 * A          a-a-a-----a-a-----|                       ends `hangover` after the last voice
 * B                b-b-----|
 * A                                  a-a-----|
 * ```
 * Use it on `session.receive()`, or on the frames of `reorder()`. With `exhaustMap(answer)` one spurt is answered at a time, and those that
 * start meanwhile are ignored. With `switchMap((spurt) => concat(spurt.pipe(ignoreElements()), answer))` the answer starts when the
 * spurt is over, and a new spurt interrupts it (docs/recipes/barge-in.md).
 *
 * Completion and errors go to the current spurts first, then to the result. After unsubscribing no more spurts start; those
 * with subscribers go on to their end, and then the source is unsubscribed.
 *
 * @throws VoiceOptionsError for an unknown option, or one that is out of range
 */
export function talkSpurts(options?: TalkSpurtOptions): OperatorFunction<VoicePacket, TalkSpurt>;
export function talkSpurts(userId: Snowflake, options?: TalkSpurtOptions): OperatorFunction<VoicePacket, TalkSpurt>;
export function talkSpurts(
  who: Snowflake | TalkSpurtOptions = {},
  more: TalkSpurtOptions = {},
): OperatorFunction<VoicePacket, TalkSpurt> {
  const options = typeof who === 'string' ? { ...more, userId: who } : who;
  // Wrong options throw at the call, not at the first packet.
  checkOptions('', options);
  const { userId, idle = DEFAULT_TALK_SPURTS.idle, maxStreams = DEFAULT_TALK_SPURTS.maxStreams, scheduler = steadyScheduler, ...detection } = options;
  const table = (leave: (speaker: Speaker) => void): SsrcTable<Speaker> =>
    new SsrcTable<Speaker>({ idle, maxStreams }, () => ({ detector: new TalkSpurtDetector(detection), spurt$: undefined }), leave);
  return (packets) => new Observable((subscriber) => listen(packets, subscriber, table, userId, scheduler));
}

/** `speakers` is made per subscription, so that the spurt of a forgotten speaker is ended in the right one. */
function listen(
  packets: Observable<VoicePacket>,
  subscriber: Subscriber<TalkSpurt>,
  table: (leave: (speaker: Speaker) => void) => SsrcTable<Speaker>,
  userId: Snowflake | undefined,
  scheduler: SchedulerLike,
): void {
  const stop$ = new Subject<void>();
  let listeners = 0;
  const letGo = (): void => {
    if (subscriber.closed && listeners === 0) stop$.next();
  };

  /** The spurt as its subscribers see it. While there are subscribers, the source is needed. */
  const listenable = (spurt$: Subject<VoicePacket>): Observable<VoicePacket> =>
    new Observable((listener) => {
      listeners += 1;
      listener.add(() => {
        listeners -= 1;
        letGo();
      });
      spurt$.subscribe(listener);
    });

  const start = (speaker: Speaker, first: VoicePacket, startedAt: number): void => {
    const spurt$ = (speaker.spurt$ = new Subject<VoicePacket>());
    const { ssrc } = first;
    // Emitted before its first packet, as groupBy does: whoever subscribes at once gets everything.
    subscriber.next(Object.assign(listenable(spurt$), { userId: first.userId, ssrc, startedAt }));
  };
  const carryOut = (speaker: Speaker, steps: readonly TalkSpurtStep[]): void => {
    for (const step of steps) {
      switch (step.type) {
        case 'start':
          start(speaker, step.packets.at(-1)!, step.startedAt);
          for (const packet of step.packets) speaker.spurt$?.next(packet);
          break;
        case 'packet':
          speaker.spurt$?.next(step.packet);
          break;
        case 'end':
          end(speaker);
      }
    }
  };
  const end = (speaker: Speaker): void => {
    const { spurt$ } = speaker;
    speaker.spurt$ = undefined;
    spurt$?.complete();
  };

  const speakers = table(end);
  const wakeUp = new WakeUp(scheduler, (now) => {
    let next = Number.POSITIVE_INFINITY;
    speakers.forEach((speaker) => {
      carryOut(speaker, speaker.detector.advance(now));
      next = Math.min(next, speaker.detector.due ?? next);
    });
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  });
  const hear = (packet: VoicePacket): void => {
    if (userId !== undefined && packet.userId !== userId) return;
    const now = scheduler.now();
    const speaker = speakers.hear(packet.ssrc, now);
    const steps = speaker.detector.step(packet, now, wakeUp.overdue(now));
    wakeUp.set(speaker.detector.due);
    carryOut(speaker, steps);
  };
  subscriber.add(letGo);
  packets.pipe(takeUntil(stop$), map(hear)).subscribe({
    error: (error: unknown) => {
      wakeUp.stop();
      speakers.forEach(({ spurt$ }) => spurt$?.error(error));
      subscriber.error(error);
    },
    complete: () => {
      wakeUp.stop();
      speakers.forEach(end);
      subscriber.complete();
    },
  });
}
