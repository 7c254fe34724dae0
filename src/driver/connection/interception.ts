/** Runs the interceptors of a session over the traffic of one media session. */
import { defer, Observable, type Subscriber } from 'rxjs';
import { insulated, operateBeyond } from '../../edge.js';
import type { Log } from '../../log.js';
import type { MediaInterceptor, MediaTraffic } from '../../media/interceptor.js';
import type { RtcpSender } from '../../media/send/rtcp-sender.js';
import type { Traffic } from '../../media/traffic.js';
import type { Operation } from '../../operate.js';

/** The interceptors that {@link interception$} runs, and the traffic that they observe. */
export interface InterceptionOptions {
  readonly interceptors: readonly MediaInterceptor[];
  /** What identifies the media session. */
  readonly about: Pick<MediaTraffic, 'guildId' | 'ssrc' | 'mode' | 'scheduler'>;
  readonly traffic: Traffic;
  readonly rtcp: RtcpSender;
  readonly log: Log;
}

/**
 * Subscribes to all interceptors, in order, and emits nothing. One that errors is removed and logged.
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

/** Follows `count` interceptors: logs the errors, and completes when all have ended. */
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

/** A separate function, so that the closure that lives on does not keep the options in memory. */
function run$(interceptor: MediaInterceptor, seen: MediaTraffic): Observable<unknown> {
  return defer(() => interceptor(seen));
}

/** What an interceptor is given. Written field by field: with a spread, V8 would create a separate hidden class for each session. */
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
