/** Reads the keys of a bucket, with a request per key. The client's `keys()` relies on a count that nats-server 2.9 gets wrong while others write. */
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';

export async function bucketKeys(connection: NatsConnection, name: string): Promise<readonly string[]> {
  const [manager, bucket] = await Promise.all([jetstreamManager(connection), new Kvm(connection).open(name)]);
  const prefix = `$KV.${name}.`;
  const { state } = await manager.streams.info(`KV_${name}`, { subjects_filter: `${prefix}>` });
  const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
  const entries = await Promise.all(keys.map((key) => bucket.get(key)));
  return keys.filter((_, i) => entries[i]?.operation === 'PUT');
}
