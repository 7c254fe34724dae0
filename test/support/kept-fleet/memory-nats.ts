/** An in-memory NATS for fake timers; routes messages by subject. */
import type { NatsConnectionLike, NatsMessage } from '../../../src/nodes/connection.js';

/** ms after which each copy of a packet arrives; empty: the packet is lost. */
export type Fate = readonly number[];

/** Delivers messages by subject. */
export class Bus {
  fate: (from: string) => Fate = () => [1];
  readonly #subscriptions = new Set<{ readonly prefix: string; hear(message: NatsMessage): void }>();

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  connection(name: string, alive: () => boolean, gate: (deliver: () => void) => void): NatsConnectionLike {
    return {
      publish: (subject, data) => {
        if (!alive()) return;
        const copy = data.slice();
        for (const ms of this.fate(name)) setTimeout(() => this.#deliver({ subject, data: copy }), ms);
      },
      subscribe: (subject, { callback }) => {
        const subscription = { prefix: subject.slice(0, subject.indexOf('*')), hear: (message: NatsMessage) => gate(() => alive() && this.#subscriptions.has(subscription) && callback(null, message)) };
        this.#subscriptions.add(subscription);
        return { unsubscribe: () => void this.#subscriptions.delete(subscription) };
      },
      status: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
      closed: () => new Promise(() => undefined),
      isClosed: () => false,
    };
  }

  #deliver(message: NatsMessage): void {
    for (const { prefix, hear } of [...this.#subscriptions]) if (message.subject.startsWith(prefix)) hear(message);
  }
}
