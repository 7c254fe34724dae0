/** IP discovery over the media socket. */
import { asyncScheduler, filter, map, Observable, take, timer, type SchedulerLike } from 'rxjs';
import { encodeDiscoveryRequest, parseDiscoveryReply, type DiscoveredAddress } from '../../protocol/discovery.js';
import type { UdpPort } from '../ports.js';

/** Pace and time of {@link ipDiscovery$}. */
export interface IpDiscoveryOptions {
  /** ms between two requests. Default 500. */
  readonly resendAfter?: number;
  /** Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
  /** Is told each time a request is sent, from 1. */
  readonly onRequest?: (attempt: number) => void;
}

/** The {@link IpDiscoveryOptions} unless told otherwise; the field is in ms. */
export const DEFAULT_IP_DISCOVERY = { resendAfter: 500 } as const satisfies IpDiscoveryOptions;

/**
 * Asks the voice server where it sees us, again and again until it answers: either datagram may be lost. Emits the address and
 * completes; never errors by itself (the stage has a deadline).
 *
 * ```
 * requests  q----q----q
 * replies   ------------a
 * result    ------------(a|)
 * ```
 */
export function ipDiscovery$(port: UdpPort, ssrc: number, options: IpDiscoveryOptions = {}): Observable<DiscoveredAddress> {
  const { resendAfter = DEFAULT_IP_DISCOVERY.resendAfter, scheduler = asyncScheduler, onRequest } = options;
  return new Observable((subscriber) => {
    subscriber.add(
      port.datagrams$
        .pipe(
          map((datagram) => parseDiscoveryReply(datagram, ssrc)),
          filter((address) => address !== undefined),
          take(1),
        )
        .subscribe(subscriber),
    );
    subscriber.add(
      timer(0, resendAfter, scheduler).subscribe((resends) => {
        onRequest?.(resends + 1);
        port.send(encodeDiscoveryRequest(ssrc));
      }),
    );
  });
}
