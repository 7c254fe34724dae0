/**
 * Starts a real nats-server and, for each vitest worker, two nodes with a prefix of their own, each in its own process. The prefix separates suites that use the
 * same user and guild ids. The clock of a node stops while its process is stopped, so a sender is never late. The server's clock does not stop, so the lease is
 * long; nothing here waits for one to expire.
 */
import { fileURLToPath } from 'node:url';
import { NatsServer } from '../nodes/nats-server.mjs';
import { RemoteNode } from '../nodes/fleet.mjs';

/** Nodes for each worker. A session that one node has given back may next start on the other. */
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
