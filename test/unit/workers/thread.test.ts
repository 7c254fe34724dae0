/** The limits and options with which a thread is started. */
import { BroadcastChannel, Worker, type ResourceLimits } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { NodeTransportsOptions } from '../../../src/net/transports.js';
import { Rounds } from '../../../src/workers/shared/rounds.js';
import { Thread } from '../../../src/workers/thread.js';

const SCRIPT = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { BroadcastChannel, resourceLimits, workerData } from 'node:worker_threads';
    new BroadcastChannel(workerData.transports.channel).postMessage(resourceLimits);
  `)}`,
);

/** The resource limits of a thread started by `start`, whose script reports them over a channel with this name. */
async function limitsOf(name: string, start: (transports: NodeTransportsOptions) => { end(): Promise<unknown> }): Promise<ResourceLimits> {
  const channel = new BroadcastChannel(`${name}-${process.pid}`);
  const told = new Promise<ResourceLimits>((resolve) => (channel.onmessage = (event) => resolve((event as MessageEvent).data as ResourceLimits)));
  const thread = start({ channel: channel.name } as NodeTransportsOptions);
  try {
    return await told;
  } finally {
    await thread.end();
    channel.close();
  }
}

it('has more memory for what is young than other threads, and as much for all else', async () => {
  const usual = await limitsOf('usual', (transports) => {
    const worker = new Worker(SCRIPT, { workerData: { transports } });
    return { end: () => worker.terminate() };
  });
  const ours = await limitsOf('ours', (transports) => new Thread(SCRIPT, transports, new Rounds()));
  expect(ours).toEqual({ ...usual, maxYoungGenerationSizeMb: 96 });
  expect(usual.maxYoungGenerationSizeMb).toBeLessThan(96);
});
