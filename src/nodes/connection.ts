/** The connection to NATS, which is the user's. */
import { BehaviorSubject, type Observable } from 'rxjs';
import { having } from '../checks/check.js';
import { lostForGood } from '../engine/lost-for-good.js';
import { EngineLostError } from '../errors.js';

/** A message, as a callback of a subscription is given it. */
export interface NatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
}

/**
 * What is used of a connection of `@nats-io/transport-node` (or of another transport of nats.js 3): whatever `connect()` gives. Connect with
 * `maxReconnectAttempts: -1`: a connection that gives up ends the sessions that run over it.
 */
export interface NatsConnectionLike {
  readonly info?: { readonly max_payload: number };
  publish(subject: string, payload: Uint8Array): void;
  subscribe(subject: string, options: { callback(error: Error | null, message: NatsMessage): void }): { unsubscribe(): void };
  status(): AsyncIterable<{ readonly type: string }>;
  closed(): Promise<void | Error>;
  isClosed(): boolean;
}

/** What `connection` must be. */
export const checkConnection = having(['publish', 'subscribe', 'status', 'closed', 'isClosed'], 'a connection of @nats-io/transport-node, as connect() gives one');

/** Bytes of a payload that a server takes unless it says otherwise. */
const DEFAULT_MAX_PAYLOAD = 1_048_576;

/** The connection, and whether the server is there. */
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

  /** Lost where the server is not there: who needs an answer asks again. */
  publish(subject: string, payload: Uint8Array): void {
    if (this.up) this.connection.publish(subject, payload);
  }

  /** Hears what is published on it; returns what ends that. */
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
