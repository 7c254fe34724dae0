/** IP discovery over the media socket. */
import { Observable, type SchedulerAction, type SchedulerLike, type Subscriber } from 'rxjs';
import { amount, fields, functionOf, type Check } from '../../checks/check.js';
import { SCHEDULER } from '../../checks/common.js';
import { encodeDiscoveryRequest, parseDiscoveryReply, type DiscoveredAddress } from '../../protocol/discovery.js';
import { guarded } from '../../edge.js';
import { operate, type Operation } from '../../operate.js';
import type { UdpPort } from '../ports.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/** Options of {@link ipDiscovery$}. */
export interface IpDiscoveryOptions {
  /** Interval between two requests, in ms. Default 500. */
  readonly resendAfter?: number;
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
  /** Called each time a request is sent, with its number from 1. */
  readonly onRequest?: (attempt: number) => void;
}

/** The defaults of {@link IpDiscoveryOptions}; the field is in ms. */
export const DEFAULT_IP_DISCOVERY = { resendAfter: 500 } as const satisfies IpDiscoveryOptions;

const checkOptions = fields({
  resendAfter: amount('ms, more than 0', Number.MIN_VALUE),
  scheduler: SCHEDULER,
  onRequest: functionOf('that is told the number of a request'),
} satisfies Readonly<Record<keyof IpDiscoveryOptions, Check>>);

/**
 * Asks the voice server for our public address, repeatedly until it answers: request and reply may be lost. Emits the address and completes. Never
 * times out by itself (the stage has a deadline); errors with a VoiceOptionsError if an option is invalid.
 *
 * ```
 * requests  q----q----q
 * replies   ------------a
 * result    ------------(a|)
 * ```
 */
export function ipDiscovery$(port: UdpPort, ssrc: number, options: IpDiscoveryOptions = {}): Observable<DiscoveredAddress> {
  return new Observable((subscriber) => {
    checkOptions('', options);
    const { resendAfter = DEFAULT_IP_DISCOVERY.resendAfter, scheduler = steadyScheduler, onRequest } = options;
    const discovery = new Discovery(port, ssrc, resendAfter, subscriber, onRequest);
    port.datagrams$.subscribe(operate(discovery));
    subscriber.add(scheduler.schedule(askAgain, 0, discovery));
  });
}

class Discovery implements Operation<Uint8Array, DiscoveredAddress> {
  readonly destination: Subscriber<DiscoveredAddress>;
  readonly #port: UdpPort;
  readonly #ssrc: number;
  readonly #resendAfter: number;
  readonly #onRequest: ((attempt: number) => void) | undefined;
  #requests = 0;

  constructor(port: UdpPort, ssrc: number, resendAfter: number, destination: Subscriber<DiscoveredAddress>, onRequest?: (attempt: number) => void) {
    this.#port = port;
    this.#ssrc = ssrc;
    this.#resendAfter = resendAfter;
    this.destination = destination;
    this.#onRequest = onRequest;
  }

  next(datagram: Uint8Array): void {
    const address = parseDiscoveryReply(datagram, this.#ssrc);
    if (address === undefined) return;
    this.destination.next(address);
    this.destination.complete();
  }

  /** @returns ms until the next request */
  ask(): number {
    this.#requests += 1;
    guarded(() => {
      this.#onRequest?.(this.#requests);
      this.#port.send(encodeDiscoveryRequest(this.#ssrc));
    });
    return this.#resendAfter;
  }
}

function askAgain(this: SchedulerAction<Discovery>, discovery?: Discovery): void {
  this.schedule(discovery, discovery!.ask());
}
