/** The buckets of NATS' key-value store that contain nodes, owners of sessions, and positions of songs. */
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
  /** In a watch: the number of entries that are still to come after this one. */
  readonly delta?: number;
}

/** The methods that rxvoice uses of a bucket. Each write names the revision that it replaces, and fails if that is not the latest. */
export interface Bucket {
  get(key: string): Promise<Entry | null>;
  create(key: string, value: Uint8Array): Promise<number>;
  update(key: string, value: Uint8Array, revision: number): Promise<number>;
  delete(key: string, options: { readonly previousSeq: number }): Promise<void>;
  watch(): Promise<AsyncIterable<Entry> & { stop(): void }>;
}

export interface Buckets {
  /** Nodes, by their ids: a {@link NodeRecord}. The server deletes an entry that is not renewed for `lease` ms, by its own clock. */
  readonly nodes: Bucket;
  /** Owners of sessions, by bot and guild. */
  readonly sessions: Bucket;
  /** ms. The node or bot that created the bucket has chosen it for all. */
  readonly lease: number;
}

/** The buckets that a node uses. */
export interface NodeBuckets extends Buckets {
  /** Positions of songs, by the ids of the nodes that play them. Undefined if they are not stored. */
  readonly positions?: Bucket;
  /** Nodes, to draw one of them. Undefined if the node does not rebalance. */
  readonly peers?: Peers;
}

/** The entries of nodes, by revision. */
export interface Peers {
  /** The first entry of that revision or a later one; null if there is none. */
  next(revision: number): Promise<Entry | null>;
}

/** What a node publishes about itself. */
export interface NodeRecord {
  /** Sessions that run there or are starting. */
  readonly sessions: number;
  /** The number of sessions at which the node is full. */
  readonly capacity: number;
  /** Whether it accepts no more sessions because it is about to end. */
  readonly draining: boolean;
}

/** Bounds of the timeout of a request, in ms. */
const MIN_TIMEOUT_MS = 500;
const MAX_TIMEOUT_MS = 2_000;

/** The longest time that a session may be kept, in ms. */
export const MAX_KEEP_MS = 86_400_000;

const SETTINGS = { history: 1, allow_direct: false } as const;

/**
 * Opens both buckets, and creates those that do not exist. Reads go to the leader of the bucket, because a replica could return outdated entries.
 *
 * @throws Error if the packages of NATS are not installed; the error of NATS if JetStream is not enabled or not permitted
 */
export async function openBuckets(connection: NatsConnectionLike, prefix: string, lease: number): Promise<Buckets> {
  const open = await opener(connection, lease);
  const nodes = await open(`${prefix}-nodes`, lease);
  const sessions = await open(`${prefix}-sessions`, 0);
  return { nodes: nodes as Bucket, sessions: sessions as Bucket, lease: (await nodes.status()).ttl };
}

/**
 * Opens the bucket of positions, which only nodes use, and creates it if it does not exist. An entry that is not written again is deleted a day later:
 * no session is kept for longer.
 *
 * @throws EngineLostError if the bucket cannot be used
 */
export async function openPositions(connection: NatsConnectionLike, prefix: string, lease: number): Promise<Bucket> {
  try {
    const open = await opener(connection, lease);
    return (await open(`${prefix}-positions`, MAX_KEEP_MS)) as Bucket;
  } catch (cause) {
    throw new EngineLostError(`positions cannot be written down (${cause instanceof Error ? cause.message : 'no reason given'}): let the node use the bucket ${prefix}-positions, or give it \`checkpoint: 0\``, cause);
  }
}

/** Reads entries of the bucket of nodes by revision. The KV client cannot do that, so the request goes to the stream; it needs no other permission. */
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

/** A request that was under way when the server went away is never answered. The lease cannot wait for it as long as the default timeout. */
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

/** Opens a bucket that was created meanwhile with another lease, which then applies. `open` sends no request, so `status` checks that it exists. */
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

/** Decodes the object in an entry. Undefined if the entry is absent, deleted, or contains no object. */
export function fromRecord<T extends object>(entry: Entry | null): Partial<T> | undefined {
  if (entry === null || entry.operation !== 'PUT') return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(entry.value));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
