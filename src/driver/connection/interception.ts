/** Runs the interceptors of a session over the traffic of one media session. */
import { catchError, defer, EMPTY, ignoreElements, merge, type Observable } from 'rxjs';
import { insulated } from '../../edge.js';
import type { Log } from '../../log.js';
import type { MediaInterceptor, MediaTraffic } from '../../media/interceptor.js';
import type { RtcpSender } from '../../media/send/rtcp-sender.js';
import type { Traffic } from '../../media/traffic.js';

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
  if (interceptors.length === 0) return EMPTY;
  const seen: MediaTraffic = {
    ...about,
    sentRtp$: insulated(traffic.sentRtp$),
    sentRtcp$: insulated(traffic.sentRtcp$),
    receivedRtp$: insulated(traffic.receivedRtp$),
    receivedRtcp$: insulated(traffic.receivedRtcp$),
    sentTotals: () => ({ ...traffic.sent }),
    sendRtcp: (packets) => rtcp.send(packets),
  };
  const leftOut = (error: unknown): Observable<never> => {
    log({ type: 'ignored', what: 'interceptor', reason: error instanceof Error ? error.message : String(error) });
    return EMPTY;
  };
  return merge(...interceptors.map((interceptor) => insulated(defer(() => interceptor(seen))).pipe(ignoreElements(), catchError(leftOut))));
}
