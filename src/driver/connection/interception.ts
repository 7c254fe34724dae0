/** Runs the interceptors of a session over the traffic of one media session. */
import { defer, Observable, type Subscriber } from 'rxjs';
import { insulated, operateBeyond } from '../../edge.js';
import type { Log } from '../../log.js';
import type { MediaInterceptor, MediaTraffic } from '../../media/interceptor.js';
import type { RtcpSender } from '../../media/send/rtcp-sender.js';
import type { Traffic } from '../../media/traffic.js';
import type { Operation } from '../../operate.js';

/** What {@link interception$} runs, and over what. */
export interface InterceptionOptions {
  readonly interceptors: readonly MediaInterceptor[];
  /** Which media session it is. */
  readonly about: Pick<MediaTraffic, 'guildId' | 'ssrc' | 'mode' | 'scheduler'>;
  readonly traffic: Traffic;
  readonly rtcp: RtcpSender;
  readonly log: Log;
}

/**
 * Subscribes to them all, in their order, and emits nothing. One that errors is left out from there on, and logged.
 *
 * ```
 * a       --x--|
 * b       ----#        logged at #
 * c       -------
 * result  -------
 * ```
 */
export function interception$({ interceptors, about, traffic, rtcp, log }: InterceptionOptions): Observable<never> {
  return new Observable((subscriber) => {
    if (interceptors.length === 0) return subscriber.complete();
    const seen = seenOf(about, traffic, rtcp);
    const standing = new Standing(subscriber, interceptors.length, log);
    for (const interceptor of interceptors) if (!subscriber.closed) run$(interceptor, seen).subscribe(operateBeyond(standing));
  });
}

/** What becomes of each of so many. */
class Standing implements Operation<unknown, never> {
  readonly destination: Subscriber<never>;
  readonly #log: Log;
  #count: number;

  constructor(destination: Subscriber<never>, count: number, log: Log) {
    this.destination = destination;
    this.#count = count;
    this.#log = log;
  }

  next(): void {}

  error(thrown: unknown): void {
    this.#log({ type: 'ignored', what: 'interceptor', reason: thrown instanceof Error ? thrown.message : String(thrown) });
    this.complete();
  }

  complete(): void {
    this.#count -= 1;
    if (this.#count === 0) this.destination.complete();
  }
}

/** Apart, so that what stands does not hold what was given once. */
function run$(interceptor: MediaInterceptor, seen: MediaTraffic): Observable<unknown> {
  return defer(() => interceptor(seen));
}

/** What an interceptor is given. Field by field: of a spread, V8 makes each session a shape of its own. */
function seenOf({ guildId, ssrc, mode, scheduler }: InterceptionOptions['about'], traffic: Traffic, rtcp: RtcpSender): MediaTraffic {
  return {
    guildId,
    ssrc,
    mode,
    scheduler,
    sentRtp$: insulated(traffic.sentRtp$),
    sentRtcp$: insulated(traffic.sentRtcp$),
    receivedRtp$: insulated(traffic.receivedRtp$),
    receivedRtcp$: insulated(traffic.receivedRtcp$),
    sentTotals: () => ({ ...traffic.sent }),
    sendRtcp: (packets) => rtcp.send(packets),
  };
}
