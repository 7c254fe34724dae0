/** How long the machine was suspended. The monotonic clock stands still meanwhile (Linux: `CLOCK_MONOTONIC`, clock_gettime(2)), and a lease does not. */
import { uptime } from 'node:os';

/** In ms, each from a beginning of its own. */
export interface MachineClocks {
  /** Set by people and by NTP, and after a suspension by the system. */
  wall(): number;
  /** Never set, and still while the machine is suspended. */
  steady(): number;
  /** Goes on while it is suspended (Linux: `CLOCK_BOOTTIME`). Dear: some µs. */
  sinceBoot(): number;
}

const MACHINE: MachineClocks = { wall: () => Date.now(), steady: () => performance.now(), sinceBoot: () => uptime() * 1_000 };

/** By so much (ms) the wall clock has to have moved against the steady one. What two readings and the slewing of NTP make of them is less, or is asked about now and then. */
const MOVED_MS = 100;

/**
 * Tells, in ms, for how long the machine was suspended since this was called; it only grows. That somebody set the clock is no suspension: where the
 * wall clock has moved, the time since the machine was booted says which of both it was.
 *
 * A virtual machine that was paused from outside has no clock that knows of it.
 */
export function sleepMeter({ wall, steady, sinceBoot }: MachineClocks = MACHINE): () => number {
  let ahead = wall() - steady();
  const booted = sinceBoot() - steady();
  let asleep = 0;
  return () => {
    const now = wall() - steady();
    if (Math.abs(now - ahead) < MOVED_MS) return asleep;
    ahead = now;
    return (asleep = Math.max(asleep, sinceBoot() - steady() - booted));
  };
}
