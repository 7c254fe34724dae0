/** How long each stage may take. */
import type { ConnectStage } from '../types.js';

/** Milliseconds for each stage; `signalling` is Discord's answer to op 4. */
export type Deadlines = Readonly<Record<ConnectStage | 'signalling', number>>;

/** The deadlines, in ms. `discovery` covers all its resends. */
export const DEFAULT_TIMEOUTS: Deadlines = {
  signalling: 10_000,
  socket: 10_000,
  hello: 5_000,
  ready: 5_000,
  discovery: 6_000,
  description: 5_000,
  dave: 10_000,
};

/** The longest that a timer can wait, 24.8 days: with more, or with Infinity, it would fire at once. */
const MAX_DEADLINE = 2 ** 31 - 1;

/** The defaults, overridden by `chosen`; none is longer than a timer can wait. */
export function deadlines(chosen?: Partial<Deadlines>): Deadlines {
  if (chosen === undefined) return DEFAULT_TIMEOUTS;
  const timeouts: Record<ConnectStage | 'signalling', number> = { ...DEFAULT_TIMEOUTS, ...chosen };
  for (const stage of Object.keys(DEFAULT_TIMEOUTS) as (keyof typeof timeouts)[]) {
    timeouts[stage] = Math.min(timeouts[stage] ?? DEFAULT_TIMEOUTS[stage], MAX_DEADLINE);
  }
  return timeouts;
}
