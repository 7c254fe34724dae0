/** What it costs to send to a sink, compared with a port that is read. */
import { Child } from '../../channel.mjs';
import { pinned } from './cores.mjs';
import { dropped } from './ports.mjs';
import { standStill } from './stand-still.mjs';

/** @returns `{ sink, reader, dropped }`: for each, µs of CPU and of time per send, and failures; and how many the kernel dropped at the sink */
export async function measureDrops(count = 100_000) {
  const sender = new Child('./workers/hold/send-cost.mjs', [], pinned([0]));
  const [sink, reader] = [0, 1].map(() => new Child('./workers/hold/sink.mjs', [], pinned([1])));
  let still;
  try {
    const [[deaf], [open]] = await Promise.all([sink, reader].map((one) => one.ask('open', { count: 1 })));
    const costs = { reader: await sender.ask('send', { port: open, count }) };
    still = await standStill(sink);
    costs.sink = await sender.ask('send', { port: deaf, count });
    still.check();
    return { ...costs, dropped: dropped([deaf]) };
  } finally {
    still?.end();
    await Promise.all([sender, sink, reader].map((child) => child.end()));
  }
}
