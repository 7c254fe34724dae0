/** The connection to NATS, which the user opens and closes. */
import { BehaviorSubject, type Observable } from 'rxjs';
import { having } from '../checks/check.js';
import { lostForGood } from '../engine/lost-for-good.js';
import { EngineLostError } from '../errors.js';

/** A message, as it is passed to the callback of a subscription. */
export interface NatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
}

/**
 * The methods that rxvoice uses of a connection of `@nats-io/transport-node`, or of another transport of nats.js 3, as `connect()` returns it.
 * Connect with `maxReconnectAttempts: -1`: a connection that gives up ends the sessions that run over it.
 */
export interface NatsConnectionLike {
  readonly info?: { readonly max_payload: number };
  publish(subject: string, payload: Uint8Array): void;
  subscribe(subject: string, options: { callback(error: Error | null, message: NatsMessage): void }): { unsubscribe(): void };
  status(): AsyncIterable<{ readonly type: string }>;
  closed(): Promise<void | Error>;
  isClosed(): boolean;
}

/** Checks the argument `connection`. */
export const checkConnection = having(['publish', 'subscribe', 'status', 'closed', 'isClosed'], 'a connection of @nats-io/transport-node, as connect() gives one');

/** The largest payload that a server accepts if it does not report another limit, in bytes. */
const DEFAULT_MAX_PAYLOAD = 1_048_576;

/** The connection, and whether the server is reachable. */
export class Uplink {
  /** Whether it is connected; errors with an {@link EngineLostError} when it is closed for good. */
  readonly up$: Observable<boolean>;
  readonly connection: NatsConnectionLike;
  readonly #up$ = new BehaviorSubject(true);

  constructor(connection: NatsConnectionLike) {
    this.connection = connection;
    this.up$ = this.#up$;
    void this.#watch();
    void connection.closed().then((error) => this.#up$.error(lostForGood(new EngineLostError('the connection to NATS is closed: connect with maxReconnectAttempts: -1', error ?? undefined))));
  }

  get up(): boolean {
    return !this.connection.isClosed() && this.#up$.value;
  }

  get maxPayload(): number {
    return this.connection.info?.max_payload ?? DEFAULT_MAX_PAYLOAD;
  }

  /** Discards the message if the server is not reachable. A caller that needs an answer must ask again. */
  publish(subject: string, payload: Uint8Array): void {
    if (this.up) this.connection.publish(subject, payload);
  }

  /** Calls `hear` with each message on the subject. Returns a function that unsubscribes. */
  subscribe(subject: string, hear: (message: NatsMessage) => void): () => void {
    const subscription = this.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) hear(message);
      },
    });
    return () => subscription.unsubscribe();
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (this.#up$.closed) return;
      if (type === 'disconnect' || type === 'reconnect') this.#up$.next(type === 'reconnect');
    }
  }
}
