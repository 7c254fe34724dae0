/** The UDP keepalive of one media session, which measures the round trip if the server answers. */
import { Observable, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';
import { SCHEDULER } from '../../checks/common.js';
import { encodePing, KEEPALIVE_INTERVAL, parsePong } from '../../protocol/keepalive.js';
import type { UdpPort } from '../ports.js';
import { guarded } from '../../edge.js';
import { listen } from '../../operate.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/**
 * Sends a ping every 5 s, and emits the round trip in ms for each answer in `control$`, the datagrams that are not media (`port.datagrams$`, which
 * has all datagrams, works too). A missing answer is never treated as a lost connection: not every server answers. Never completes. Errors with a
 * VoiceOptionsError if `scheduler` is not a scheduler.
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
    const keepalive = new Keepalive(port, scheduler, { roundTrip: (ms) => subscriber.next(ms) });
    listen(control$, subscriber, (datagram) => keepalive.take(datagram));
    if (!subscriber.closed) subscriber.add(keepalive.start());
  });
}

export interface KeepaliveListener {
  /** A round trip was measured, in ms. */
  roundTrip(ms: number): void;
}

/** The same without a stream. */
export class Keepalive {
  readonly #port: Pick<UdpPort, 'send'>;
  readonly #scheduler: SchedulerLike;
  readonly #listener: KeepaliveListener;
  #sequence = -1;
  /** When the last ping was sent, in ms; undefined once it is answered. */
  #sentAt: number | undefined;

  constructor(port: Pick<UdpPort, 'send'>, scheduler: SchedulerLike, listener: KeepaliveListener) {
    this.#port = port;
    this.#scheduler = scheduler;
    this.#listener = listener;
  }

  /** Pings until it is unsubscribed. */
  start(): Subscription {
    return this.#scheduler.schedule(pingAgain, KEEPALIVE_INTERVAL, this);
  }

  ping(): void {
    this.#sequence = (this.#sequence + 1) >>> 0;
    this.#sentAt = this.#scheduler.now();
    guarded(() => this.#port.send(encodePing(this.#sequence)));
  }

  /** Takes a datagram that is not media. */
  take(datagram: Uint8Array): void {
    if (this.#sentAt === undefined || parsePong(datagram) !== this.#sequence) return;
    const took = this.#scheduler.now() - this.#sentAt;
    this.#sentAt = undefined;
    this.#listener.roundTrip(Math.max(0, took));
  }
}

function pingAgain(this: SchedulerAction<Keepalive>, keepalive?: Keepalive): void {
  keepalive!.ping();
  this.schedule(keepalive, KEEPALIVE_INTERVAL);
}
