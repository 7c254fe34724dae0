/** The UDP keepalive of one media session, which measures the round trip where the server answers. */
import { Observable, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { SCHEDULER } from '../../checks/common.js';
import { encodePing, KEEPALIVE_INTERVAL, parsePong } from '../../protocol/keepalive.js';
import type { UdpPort } from '../ports.js';
import { guarded } from '../../edge.js';
import { operate } from '../../operate.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/**
 * Sends a ping every 5 s, and emits the round trip in ms at each answer among `control$`, the datagrams that are no media
 * (`port.datagrams$`, all of them, will do). A server
 * that does not answer is as good as one that does: no answer is ever taken for death. Never completes. Errors with a VoiceOptionsError for a
 * scheduler that is none.
 *
 * ```
 * ping     -----p-----p-----p---
 * answer   ------a-----------a--
 * result   ------r-----------r--
 * ```
 */
export function keepalive$(
  port: Pick<UdpPort, 'send'>,
  control$: Observable<Uint8Array>,
  scheduler: SchedulerLike = steadyScheduler,
): Observable<number> {
  return new Observable((subscriber) => {
    SCHEDULER('scheduler', scheduler);
    let pending: { readonly sequence: number; readonly at: number } | undefined;
    const next = (datagram: Uint8Array): void => {
      const sequence = parsePong(datagram);
      if (sequence === undefined || sequence !== pending?.sequence) return;
      const { at } = pending;
      pending = undefined;
      subscriber.next(Math.max(0, scheduler.now() - at));
    };
    control$.subscribe(operate({ destination: subscriber, next, complete: () => undefined }));
    if (subscriber.closed) return;
    subscriber.add(
      scheduler.schedule(
        function (this: SchedulerAction<number>, count = 0) {
          pending = { sequence: count >>> 0, at: scheduler.now() };
          const ping = encodePing(pending.sequence);
          guarded(() => port.send(ping));
          this.schedule(count + 1, KEEPALIVE_INTERVAL);
        },
        KEEPALIVE_INTERVAL,
        0,
      ),
    );
  });
}
