/** What keeps a process alive, and how much memory it holds. */
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Sockets, servers and timers that are open. */
export function openResources() {
  return process.getActiveResourcesInfo().filter((name) => !/^(Immediate|CloseReq|FSReqPromise)$/.test(name));
}

/** What is open now and was not before; waits up to two seconds for it to be nothing. */
export async function leakedResources(before) {
  const end = performance.now() + 2_000;
  for (;;) {
    const leaked = openResources();
    for (const name of before) {
      const at = leaked.indexOf(name);
      if (at >= 0) leaked.splice(at, 1);
    }
    if (leaked.length === 0 || performance.now() > end) return leaked;
    await setImmediate();
  }
}

let collect;

/** MB after a collection: live JavaScript, and what the process holds in all. */
export function memory() {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc');
  }
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 1e6, rss: rss / 1e6 };
}
