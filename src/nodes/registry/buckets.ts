/** Where nodes, owners of sessions, and positions of songs are written down: buckets of NATS' key-value store. */
import type { KV, Kvm } from '@nats-io/kv';
import { EngineLostError } from '../../errors.js';
import type { NatsConnectionLike } from '../connection.js';

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
  readonly operation: 'PUT' | 'DEL' | 'PURGE';
  /** When it was written, by the server's clock. */
  readonly created: Date;
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

/** The same, as a node has them. */
export interface NodeBuckets extends Buckets {
  /** Positions of songs, by the ids of the nodes that play them. Undefined where they are written down nowhere. */
  readonly positions?: Bucket;
  /** Nodes, to draw one of them. Undefined where that is of no matter. */
  readonly peers?: Peers;
}

/** The entries of nodes, by when they were written. */
export interface Peers {
  /** The first entry of that revision or a later one; null where there is none. */
  next(revision: number): Promise<Entry | null>;
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

/** No session is kept for longer, in ms. */
export const MAX_KEEP_MS = 86_400_000;

const SETTINGS = { history: 1, allow_direct: false } as const;

/**
 * Opens both, and makes what there is not. Reads go to the server that leads the bucket: another could show what is past.
 *
 * @throws Error where `@nats-io/kv` is not installed, and what NATS says where JetStream is not enabled, or may not be used
 */
export async function openBuckets(connection: NatsConnectionLike, prefix: string, lease: number): Promise<Buckets> {
  const open = await opener(connection, lease);
  const nodes = await open(`${prefix}-nodes`, lease);
  const sessions = await open(`${prefix}-sessions`, 0);
  return { nodes: nodes as Bucket, sessions: sessions as Bucket, lease: (await nodes.status()).ttl };
}

/**
 * Opens the bucket of positions, which is the nodes' alone, and makes it where there is none. What nobody writes anew is gone a day later: no
 * session is kept for longer.
 *
 * @throws EngineLostError where it cannot be used
 */
export async function openPositions(connection: NatsConnectionLike, prefix: string, lease: number): Promise<Bucket> {
  try {
    const open = await opener(connection, lease);
    return (await open(`${prefix}-positions`, MAX_KEEP_MS)) as Bucket;
  } catch (cause) {
    throw new EngineLostError(`positions cannot be written down (${cause instanceof Error ? cause.message : 'no reason given'}): let the node use the bucket ${prefix}-positions, or give it \`checkpoint: 0\``, cause);
  }
}

/** What is read of the bucket of nodes beside it, and needs no more to be allowed than that does: the store has such a request, and its KV has not. */
export async function openPeers(connection: NatsConnectionLike, prefix: string, lease: number): Promise<Peers> {
  const { jetstreamManager } = await load();
  const { streams } = await jetstreamManager(connection as Parameters<typeof jetstreamManager>[0], { timeout: timeoutOf(lease) });
  const subjects = `$KV.${prefix}-nodes.`;
  return {
    next: async (revision) => {
      const query = { seq: revision, next_by_subj: `${subjects}>` };
      const message = await streams.getMessage(`KV_${prefix}-nodes`, query as Parameters<typeof streams.getMessage>[1]);
      if (message === null) return null;
      const operation = (message.header?.get('KV-Operation') || 'PUT') as Entry['operation'];
      return { key: message.subject.slice(subjects.length), value: message.data, revision: message.seq, operation, created: message.time };
    },
  };
}

/** A request that was under way when the server went is not answered: the lease cannot wait for it as long as is usual. */
function timeoutOf(lease: number): number {
  return Math.min(MAX_TIMEOUT_MS, Math.max(MIN_TIMEOUT_MS, lease / 10));
}

/** @param lease ms */
async function opener(connection: NatsConnectionLike, lease: number): Promise<(name: string, ttl: number) => Promise<KV>> {
  const { Kvm, jetstream } = await load();
  const kvm = new Kvm(jetstream(connection as Parameters<typeof jetstream>[0], { timeout: timeoutOf(lease) }));
  return async (name, ttl) => {
    try {
      return await kvm.create(name, { ...SETTINGS, ttl });
    } catch (error) {
      return found(kvm, name).catch(() => Promise.reject(error));
    }
  };
}

/** It was made meanwhile, with another lease: that is the one that holds. To open one asks for nothing, and would do so where there is none. */
async function found(kvm: Kvm, name: string): Promise<KV> {
  const bucket = await kvm.open(name);
  await bucket.status();
  return bucket;
}

async function load(): Promise<Pick<typeof import('@nats-io/kv'), 'Kvm'> & Pick<typeof import('@nats-io/jetstream'), 'jetstream' | 'jetstreamManager'>> {
  try {
    const [{ Kvm }, { jetstream, jetstreamManager }] = await Promise.all([import('@nats-io/kv'), import('@nats-io/jetstream')]);
    return { Kvm, jetstream, jetstreamManager };
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
