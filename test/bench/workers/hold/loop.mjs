/** How late the event loops of a process's threads are, measured by each thread itself. */
import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

const CHANNEL = 'rxvoice-bench-loop';
/** ms between two wake-ups of the timer that measures. */
const RESOLUTION = 20;
/** How long an answer may take, in ms. */
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
     * `late99`: the 99th percentile of the ms by which a timer of 20 ms fires late; `busy`: the share of time in which the loop does not wait;
     * `collections` of garbage, and `collecting`, the ms for which they paused the thread.
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

/** In the main thread: measures its own event loop and those of `threads` others. */
export function watchLoops(threads) {
  const own = watch();
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref();
  return {
    begin: () => {
      own.begin();
      channel.postMessage('begin');
    },
    /** The results of all, this thread first; a thread that does not answer is left out. */
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
