/** What keeps the process alive: to see that nothing of ours does afterwards. */
import { setImmediate } from 'node:timers/promises';

/** The sockets, servers and timers that are open, those of the test runner included. */
export function openResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => !/^(Immediate|CloseReq|FSReqPromise)$/.test(name));
}

/** What is open now and was not before; waits, a turn of the event loop at a time and two seconds at most, for it to be nothing. */
export async function leakedResources(before: readonly string[]): Promise<string[]> {
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
