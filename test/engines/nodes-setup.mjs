/**
 * A real nats-server, and for each worker of vitest a prefix with two nodes of its own, in processes of their own: two suites have members of the same ids in
 * guilds of the same ids, which are not the same sessions. Their time stands still where they do: who sends is never late. Nothing here waits for a lease to run
 * out, which the server counts; theirs is as long as that makes it.
 */
import { fileURLToPath } from 'node:url';
import { NatsServer } from '../nodes/nats-server.mjs';
import { RemoteNode } from '../nodes/fleet.mjs';

/** Of each worker: what one gives back, the other may be asked for next. */
const NODES = 2;
const LEASE_MS = 120_000;
const PROCESS_TIME = ['--import', fileURLToPath(new URL('../support/process-time.mjs', import.meta.url))];

export async function setup({ config, provide }) {
  const nats = await NatsServer.start('');
  const workers = Array.from({ length: config.maxWorkers }, (_, i) => i + 1);
  const all = workers.flatMap((worker) => Array.from({ length: NODES }, () => ({ prefix: `worker-${worker}`, lease: LEASE_MS })));
  const begun = await Promise.allSettled(all.map((options) => RemoteNode.start(nats.url, options, false, PROCESS_TIME)));
  const nodes = begun.flatMap(({ value }) => value ?? []);
  const end = async () => {
    await Promise.all(nodes.map((node) => node.end()));
    await nats.end();
  };
  if (nodes.length < all.length) {
    await end();
    throw begun.find(({ reason }) => reason !== undefined).reason;
  }
  provide('nats', nats.url);
  return end;
}
