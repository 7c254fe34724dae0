/** The jitter buffer as an operator, for any number of SSRCs. */
import { map, Observable, Subject, takeUntil, type OperatorFunction, type SchedulerLike } from 'rxjs';
import { fields, type Check } from '../../checks/check.js';
import { SCHEDULER } from '../../checks/common.js';
import type { VoicePacket } from '../../types.js';
import { WakeUp } from '../timing/wake-up.js';
import { JitterBuffer } from './jitter-buffer.js';
import { JITTER_BUFFER, type JitterBufferOptions } from './options.js';
import type { JitterEvent } from './event.js';
import { MAX_STREAMS, SSRC_TABLE, SsrcTable } from '../ssrc-table.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/** Options of {@link reorder}. */
export interface ReorderOptions extends JitterBufferOptions {
  /** ms without a packet after which an SSRC is forgotten; with its next packet it starts again. Default 600 000. */
  readonly idle?: number;
  /** The most SSRCs at once. With one more, the one that was silent for longest is dropped. Default 256. */
  readonly maxStreams?: number;
  /** The clock and the timer. Default `steadyScheduler`; pass the session's, if it has another. */
  readonly scheduler?: SchedulerLike;
}

/** The defaults: how many SSRCs are followed, and for how long (ms). */
export const DEFAULT_REORDER = { idle: 600_000, maxStreams: MAX_STREAMS } as const satisfies Partial<ReorderOptions>;

const REORDER = { ...JITTER_BUFFER, ...SSRC_TABLE, scheduler: SCHEDULER } satisfies Readonly<Record<keyof ReorderOptions, Check>>;
/** Checks the options of {@link reorder}. */
export const checkReorder = fields(REORDER);

/**
 * Puts the packets of `session.receive()` in order, separately for each SSRC, and reports what is missing: each sequence number of a
 * stream is emitted once, as `frame` or as `lost`, in order.
 *
 * ```
 * packets   -1--2-----4-3-5-----7-8---1-|    7 after 6; then 1 again, a copy
 * events    -1--2-------(345)-------(x78)-|  x: 6 is lost. The copy is dropped
 *                     |-|       |---|        the wait adapts to how late packets have been
 * ```
 * Packets in order pass without delay, except the first packet of an SSRC, which waits for `minDelay`. There is one {@link JitterBuffer}
 * for each SSRC, and one timer for all. On completion, what is held is emitted before the result completes. An error is passed on at once,
 * and what was held is dropped.
 *
 * @throws VoiceOptionsError for an unknown option, or one that is out of range
 */
export function reorder(options: ReorderOptions = {}): OperatorFunction<VoicePacket, JitterEvent> {
  // Wrong options throw at the call, not at the first packet.
  checkReorder('', options);
  const { idle = DEFAULT_REORDER.idle, maxStreams = DEFAULT_REORDER.maxStreams, scheduler = steadyScheduler, ...buffer } = options;
  const table = (leave: (buffer: JitterBuffer) => void): SsrcTable<JitterBuffer> =>
    new SsrcTable({ idle, maxStreams }, () => new JitterBuffer(buffer), leave);
  void new JitterBuffer(buffer);
  return (packets) =>
    new Observable((subscriber) => {
      const tell = (events: readonly JitterEvent[]): void => {
        for (const event of events) subscriber.next(event);
      };
      const buffers = table((buffer) => tell(buffer.flush()));
      const wakeUp = new WakeUp(scheduler, (now) => {
        let next = Number.POSITIVE_INFINITY;
        buffers.forEach((buffer) => {
          tell(buffer.advance(now));
          next = Math.min(next, buffer.due ?? next);
        });
        return next === Number.POSITIVE_INFINITY ? undefined : next;
      });
      const push = (packet: VoicePacket): readonly JitterEvent[] => {
        const now = scheduler.now();
        const buffer = buffers.hear(packet.ssrc, now);
        const events = buffer.push(packet, now, wakeUp.overdue(now));
        wakeUp.set(buffer.due);
        return events;
      };
      // Nothing else can stop a source that emits everything while it is being subscribed to.
      const stop$ = new Subject<void>();
      subscriber.add(() => {
        wakeUp.stop();
        stop$.next();
      });
      packets.pipe(takeUntil(stop$), map(push)).subscribe({
        next: tell,
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          buffers.forEach((buffer) => tell(buffer.flush()));
          subscriber.complete();
        },
      });
    });
}
