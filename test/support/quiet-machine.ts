/** Tests over real sockets, on machines that have other things to do. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** ms. The pacer gives up catching up at 100, and the kernel's buffers overflow not much later. */
const STALL_MS = 100;
const TRIES = 3;

/**
 * Runs `body`, and once more where it fails while the event loop stood still: packets are then lost in the kernel, and RTP time jumps, as
 * they must. What is wrong without that fails at once, and what is always wrong fails at the last try.
 *
 * @param body opens what it needs anew each time, and leaves nothing open, whatever happens
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
