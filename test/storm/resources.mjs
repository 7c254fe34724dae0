/** What keeps a process alive, and how much memory it holds. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export { leakedResources, openResources } from '../support/process-resources.mjs';

let collect;

/** MB after a garbage collection: live JavaScript, and the total of the process. */
export function memory() {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc');
  }
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 1e6, rss: rss / 1e6 };
}
