/** How late the event loops of a process's threads are, by their own account. */
import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

const CHANNEL = 'rxvoice-bench-loop';
/** ms; a timer of its own wakes the thread so often. */
const RESOLUTION = 20;
/** ms that an answer may take. */
const PATIENCE = 5_000;

function watch() {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  let before;
  let collections = [];
  const keep = (entries) => collections.push(...entries.map(({ duration }) => duration));
  const collected = new PerformanceObserver((list) => keep(list.getEntries()));
  return {
    begin: () => {
      collected.observe({ entryTypes: ['gc'] });
      collections = [];
      delay.reset();
      delay.enable();
      before = performance.eventLoopUtilization();
    },
    /**
     * `late99`: ms, by which a timer of 20 ms fires late; `busy`: the share of time in which the loop does not wait; `collections` of garbage, and the ms
     * that it stood still for them.
     */
    end: () => {
      delay.disable();
      keep(collected.takeRecords());
      collected.disconnect();
      const own = { collections: collections.length, collecting: collections.reduce((sum, ms) => sum + ms, 0) };
      return { main: isMainThread, late99: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION), busy: performance.eventLoopUtilization(before).utilization, ...own };
    },
  };
}

/** In a thread: answers {@link watchLoops} in the main thread. */
export function answerLoops() {
  const own = watch();
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    if (data === 'begin') own.begin();
    if (data === 'end') channel.postMessage(own.end());
  };
  channel.unref();
}

/** In the main thread, which is one of them: of itself and of `threads` others. */
export function watchLoops(threads) {
  const own = watch();
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref();
  return {
    begin: () => {
      own.begin();
      channel.postMessage('begin');
    },
    /** What each says, this one first; a thread that does not answer is left out. */
    end: () =>
      new Promise((resolve) => {
        const all = [own.end()];
        if (threads === 0) return resolve(all);
        const timer = setTimeout(() => resolve(all), PATIENCE);
        channel.onmessage = ({ data }) => {
          if (all.push(data) <= threads) return;
          clearTimeout(timer);
          resolve(all);
        };
        channel.postMessage('end');
      }),
  };
}
