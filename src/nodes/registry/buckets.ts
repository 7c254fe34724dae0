/** Where nodes and owners of sessions are written down: two buckets of NATS' key-value store. */
import type { NatsConnectionLike } from '../connection.js';

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
  readonly operation: 'PUT' | 'DEL' | 'PURGE';
  /** How many are on their way behind it, where it is watched. */
  readonly delta?: number;
}

/** What is used of a bucket. Each write names the revision that it is made upon, and fails where that is not the last. */
export interface Bucket {
  get(key: string): Promise<Entry | null>;
  create(key: string, value: Uint8Array): Promise<number>;
  update(key: string, value: Uint8Array, revision: number): Promise<number>;
  delete(key: string, options: { readonly previousSeq: number }): Promise<void>;
  watch(): Promise<AsyncIterable<Entry> & { stop(): void }>;
}

export interface Buckets {
  /** Nodes, by their ids: a {@link NodeRecord}. What is not renewed for `lease` ms is gone, by the server's clock alone. */
  readonly nodes: Bucket;
  /** Owners of sessions, by bot and guild. */
  readonly sessions: Bucket;
  /** ms; whoever made the bucket has chosen it for all. */
  readonly lease: number;
}

/** A node as it is told to everybody. */
export interface NodeRecord {
  /** Sessions that run there, or are about to. */
  readonly sessions: number;
  /** How many it is willing to run. */
  readonly capacity: number;
  /** Whether it takes no more, as it is about to end. */
  readonly draining: boolean;
}

/** ms that a request may take. */
const MIN_TIMEOUT_MS = 500;
const MAX_TIMEOUT_MS = 2_000;

const SETTINGS = { history: 1, allow_direct: false } as const;

/**
 * Opens both, and makes what there is not. Reads go to the server that leads the bucket: another could show what is past.
 *
 * @throws Error where `@nats-io/kv` is not installed, and what NATS says where JetStream is not enabled, or may not be used
 */
export async function openBuckets(connection: NatsConnectionLike, prefix: string, lease: number): Promise<Buckets> {
  const { Kvm, jetstream } = await load();
  // A request that was under way when the server went is not answered: the lease cannot wait for it as long as is usual.
  const timeout = Math.min(MAX_TIMEOUT_MS, Math.max(MIN_TIMEOUT_MS, lease / 10));
  const kvm = new Kvm(jetstream(connection as Parameters<typeof jetstream>[0], { timeout }));
  const open = async (name: string, ttl: number): Promise<ReturnType<typeof kvm.open>> => {
    try {
      return await kvm.create(name, { ...SETTINGS, ttl });
    } catch (error) {
      // It is there, with another lease: that is the one that holds.
      return kvm.open(name).catch(() => Promise.reject(error));
    }
  };
  const nodes = await open(`${prefix}-nodes`, lease);
  const sessions = await open(`${prefix}-sessions`, 0);
  return { nodes: nodes as Bucket, sessions: sessions as Bucket, lease: (await nodes.status()).ttl };
}

async function load(): Promise<Pick<typeof import('@nats-io/kv'), 'Kvm'> & Pick<typeof import('@nats-io/jetstream'), 'jetstream'>> {
  try {
    const [{ Kvm }, { jetstream }] = await Promise.all([import('@nats-io/kv'), import('@nats-io/jetstream')]);
    return { Kvm, jetstream };
  } catch (cause) {
    throw new Error('rxvoice/nodes needs the packages @nats-io/transport-node, @nats-io/jetstream and @nats-io/kv: npm install them', { cause });
  }
}

export function toRecord(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Undefined for what is no object. */
export function fromRecord<T extends object>(entry: Entry | null): Partial<T> | undefined {
  if (entry === null || entry.operation !== 'PUT') return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(entry.value));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
