/** Runs the interceptors of a session over the traffic of one media session. */
import { defer, Observable } from 'rxjs';
import { insulated } from '../../edge.js';
import type { Log } from '../../log.js';
import type { MediaInterceptor, MediaTraffic } from '../../media/interceptor.js';
import type { RtcpSender } from '../../media/send/rtcp-sender.js';
import type { Traffic } from '../../media/traffic.js';
import { operate } from '../../operate.js';

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
    let standing = interceptors.length;
    if (standing === 0) return subscriber.complete();
    const seen = seenOf(about, traffic, rtcp);
    const complete = (): void => {
      standing -= 1;
      if (standing === 0) subscriber.complete();
    };
    const error = (thrown: unknown): void => {
      log({ type: 'ignored', what: 'interceptor', reason: thrown instanceof Error ? thrown.message : String(thrown) });
      complete();
    };
    const one = { destination: subscriber, next: nothing, error, complete };
    for (const interceptor of interceptors) run$(interceptor, seen).subscribe(operate(one));
  });
}

const nothing = (): void => undefined;

/** Apart, so that what stands does not hold what was given once. */
function run$(interceptor: MediaInterceptor, seen: MediaTraffic): Observable<unknown> {
  return insulated(defer(() => interceptor(seen)));
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
