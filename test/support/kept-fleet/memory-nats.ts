/** NATS in memory, for fake timers: messages by their subjects, and a bucket. */
import type { NatsConnectionLike, NatsMessage } from '../../../src/nodes/connection.js';
import type { Bucket, Entry } from '../../../src/nodes/registry/buckets.js';

/** ms after which each copy of a packet arrives; none: it is lost. */
export type Fate = readonly number[];

/** Messages by their subjects. */
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

/** As the server keeps it; entries run out after `ttl` ms. */
export class Store implements Bucket {
  readonly #entries = new Map<string, Entry & { readonly at: number }>();
  readonly #ttl: number;
  #revision = 0;

  constructor(ttl = Infinity) {
    this.#ttl = ttl;
  }

  get keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.look(key) !== null);
  }

  look(key: string): Entry | null {
    const entry = this.#entries.get(key);
    return entry === undefined || entry.operation !== 'PUT' || Date.now() - entry.at >= this.#ttl ? null : entry;
  }

  get = async (key: string): Promise<Entry | null> => this.look(key);
  create = async (key: string, value: Uint8Array): Promise<number> => this.#put(key, value, 0, 'PUT');
  update = async (key: string, value: Uint8Array, revision: number): Promise<number> => this.#put(key, value, revision, 'PUT');
  delete = async (key: string, { previousSeq }: { readonly previousSeq: number }): Promise<void> => void this.#put(key, new Uint8Array(0), previousSeq, 'DEL');
  watch = (): never => {
    throw new Error('nobody watches');
  };

  #put(key: string, value: Uint8Array, upon: number, operation: Entry['operation']): number {
    if ((this.look(key)?.revision ?? 0) !== upon) throw new Error('wrong last sequence');
    this.#revision += 1;
    this.#entries.set(key, { key, value, operation, revision: this.#revision, at: Date.now() });
    return this.#revision;
  }
}
