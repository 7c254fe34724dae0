/** What it costs to send to a sink, beside a port where somebody reads. */
import { Child } from '../../channel.mjs';
import { pinned } from './cores.mjs';
import { dropped, isStopped } from './ports.mjs';

/** @returns `{ sink, reader, dropped }`: µs of CPU and of time a send, and failures, to each; and how many the kernel dropped at the sink */
export async function measureDrops(count = 100_000) {
  const sender = new Child('./workers/hold/send-cost.mjs', [], pinned([0]));
  const [sink, reader] = [0, 1].map(() => new Child('./workers/hold/sink.mjs', [], pinned([1])));
  try {
    const [[deaf], [open]] = await Promise.all([sink, reader].map((one) => one.ask('open', { count: 1 })));
    const costs = { reader: await sender.ask('send', { port: open, count }) };
    await sink.ask('narrow');
    process.kill(sink.pid, 'SIGSTOP');
    costs.sink = await sender.ask('send', { port: deaf, count });
    if (!isStopped(sink.pid)) throw new Error('the sink has run meanwhile');
    return { ...costs, dropped: dropped([deaf]) };
  } finally {
    process.kill(sink.pid, 'SIGCONT');
    await Promise.all([sender, sink, reader].map((child) => child.end()));
  }
}
