/** What keeps a process alive: to see that nothing of ours does afterwards. */
import { setImmediate } from 'node:timers/promises';

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
