/** Buckets as the server keeps them, and as a node reaches them, for tests that move the clock. */
import type { Bucket, Entry } from '../../src/nodes/registry/buckets.js';

/** A bucket on the server; its entries expire after `ttl` ms. */
export class Store {
  readonly #entries = new Map<string, Entry>();
  readonly #ttl: number;
  #revision = 0;

  constructor(ttl = Infinity) {
    this.#ttl = ttl;
  }

  get(key: string): Entry | null {
    const entry = this.#entries.get(key);
    return entry === undefined || Date.now() - entry.created.getTime() >= this.#ttl ? null : entry;
  }

  get keys(): readonly string[] {
    return [...this.#entries.keys()].filter((key) => this.get(key)?.operation === 'PUT');
  }

  put(key: string, value: Uint8Array, operation: Entry['operation'], upon: number | undefined): number {
    const before = this.get(key);
    const revision = before?.operation === 'PUT' ? before.revision : 0;
    if ((upon ?? 0) !== revision) throw new Error('wrong last sequence');
    this.#revision += 1;
    this.#entries.set(key, { key, value, operation, revision: this.#revision, created: new Date() });
    return this.#revision;
  }
}

export interface Network {
  state: 'up' | 'cut' | 'deaf';
}

/** The bucket as a node reaches it. `cut`: no request gets through. `deaf`: requests are carried out, but no answer comes back. */
export function reach(store: Store, network: Network): Bucket {
  const ask = async <T>(what: () => T): Promise<T> => {
    if (network.state === 'cut') throw new Error('timeout');
    const answer = what();
    await Promise.resolve();
    if (network.state === 'deaf') throw new Error('timeout');
    return answer;
  };
  return {
    get: (key) => ask(() => store.get(key)),
    create: (key, value) => ask(() => store.put(key, value, 'PUT', undefined)),
    update: (key, value, revision) => ask(() => store.put(key, value, 'PUT', revision)),
    delete: async (key, { previousSeq }) => void (await ask(() => store.put(key, new Uint8Array(0), 'DEL', previousSeq))),
    watch: () => Promise.reject(new Error('nobody watches')),
  };
}
