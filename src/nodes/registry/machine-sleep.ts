/** How long the machine was suspended. The monotonic clock stands still meanwhile (Linux: `CLOCK_MONOTONIC`, clock_gettime(2)), but a lease still runs out. */
import { uptime } from 'node:os';

/** Clocks in ms. Each has its own starting point. */
export interface MachineClocks {
  /** Can be set by people and by NTP, and is set by the system after a suspension. */
  wall(): number;
  /** Is never set, and stands still while the machine is suspended. */
  steady(): number;
  /** Runs on while the machine is suspended (Linux: `CLOCK_BOOTTIME`). A read costs some µs. */
  sinceBoot(): number;
}

const MACHINE: MachineClocks = { wall: () => Date.now(), steady: () => performance.now(), sinceBoot: () => uptime() * 1_000 };

/**
 * The time since boot is read when the wall clock has moved by this many ms against the steady one. The time between the two readings and slewing by NTP
 * usually move it by less; if they add up, `sinceBoot` is read now and then.
 */
const MOVED_MS = 100;

/**
 * Returns a function that tells for how many ms the machine was suspended since this call; the value only grows. If the wall clock has moved, the time
 * since boot tells whether the machine was suspended or somebody set the clock.
 *
 * If a virtual machine was paused from outside, none of its clocks shows it.
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
