/** Runs tests over real sockets on busy machines. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** ms. The pacer stops catching up at 100, and the kernel's buffers overflow soon after. */
const STALL_MS = 100;
const TRIES = 3;

/**
 * Runs `body`, and again if it fails while the event loop was stalled: the kernel then loses packets, and RTP time jumps, as expected.
 * A failure without a stall is reported at once; a permanent failure is reported at the last try.
 *
 * @param body opens all it needs on each run, and always closes everything
 */
export async function onQuietMachine(body: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const loop = monitorEventLoopDelay({ resolution: 5 });
    loop.enable();
    try {
      return await body();
    } catch (error) {
      if (tries === TRIES || loop.max / 1e6 < STALL_MS) throw error;
    } finally {
      loop.disable();
    }
  }
}
