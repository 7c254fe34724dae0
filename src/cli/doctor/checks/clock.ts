/** How punctual timers are: a frame is due every 20 ms, and a machine that is too busy sends it late, which listeners hear as stutter. */
import { performance } from 'node:perf_hooks';
import { ok, warn, type Check, type Finding } from '../check.js';

const FRAME_MS = 20;
const TICKS = 50;
/** A listener's jitter buffer hides this much. */
const LATE_MS = 10;
const CURE = 'give the process a core of its own: less beside it, no CPU limit below one core, no long work on its event loop';

export const clock: Check = {
  name: 'clock',
  async run(): Promise<Finding> {
    const begin = performance.now();
    const lateness: number[] = [];
    for (let tick = 1; tick <= TICKS; tick++) {
      const due = begin + tick * FRAME_MS;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      // A timer may also fire a fraction of a millisecond early, which is harmless.
      lateness.push(Math.max(0, performance.now() - due));
    }
    return clockFinding(lateness);
  },
};

/** @param lateness how many ms each tick was late */
export function clockFinding(lateness: readonly number[]): Finding {
  const sorted = [...lateness].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const [median, worst] = [at(0.5), at(1)];
  const told = `20 ms ticks: ${median.toFixed(1)} ms late in the median, ${worst.toFixed(1)} ms at worst, over a second`;
  // Never `bad`: the result may be different a minute later.
  return at(0.95) > LATE_MS ? warn(told, CURE) : ok(told);
}
