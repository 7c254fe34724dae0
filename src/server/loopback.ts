/** The address that everything binds to, and binding released ports again. */
import { setTimeout as sleep } from 'node:timers/promises';

/** The one address that everything binds to. */
export const LOOPBACK = '127.0.0.1';

const TRIES = 40;
/** ms between two tries. */
const PAUSE = 50;

/**
 * Binds a port that was ours before. While it was free, another process may have taken it for a moment, such as a client that the kernel
 * let connect to itself.
 * @throws the error of node if the port stays taken for two seconds
 */
export async function bindAgain<T>(bind: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await bind();
    } catch (error) {
      if (left === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await sleep(PAUSE);
    }
  }
}
