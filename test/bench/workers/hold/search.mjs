/** Decides which number of sessions is tried next, and whether a number holds. Pure functions of the measurements. */

/** ms: the limit for the 99th percentile of how late frames come. */
export const LATE_MS = 20;
/** The share of the due frames that must have been sent. */
export const SENT = 0.995;

/**
 * @param seen `{ late99, sampled, sunk, dropped }` of a trial, the first three of its median second: ms; the share of the due frames that the sample
 *   sent; the same for all others, NaN if there are none; the number of lost connections
 */
export function holds({ late99, sampled, sunk, dropped }) {
  return late99 < LATE_MS && sampled >= SENT && !(sunk < SENT) && dropped === 0;
}

/** The bounds of a search. */
export const BOUNDS = { from: 400, to: Infinity, most: 20_000, step: 1.1, tries: 2 };

/**
 * Returns the next number to try, or the result of the trials: `{ next }` or `{ held, failed }`. Doubles until a number fails, halves until one
 * holds, and then tries numbers between the two until they are within `step` of each other. A number holds when it has held `tries` times, and fails when
 * it has failed so often, whichever comes first: with 2, two of three trials decide. A single trial can be wrong because of another process.
 *
 * @param trials `{ n, held }`, the oldest first
 * @param bounds `{ from, to, most, step, tries }`: the first number, one that is known to fail, and the highest that is tried
 * @returns `held`: 0 if not even one session is held; `failed`: Infinity if `most` is held
 */
export function decide(trials, bounds = {}) {
  const { from, to, most, step, tries } = { ...BOUNDS, ...bounds };
  const counts = new Map();
  for (const { n, held } of trials) {
    const count = counts.get(n) ?? { held: 0, failed: 0 };
    count[held ? 'held' : 'failed'] += 1;
    counts.set(n, count);
  }
  let held = 0;
  for (const [n, count] of counts) if (count.held >= tries) held = Math.max(held, n);
  let failed = to > held ? to : Infinity;
  // A failure below a number that holds was chance.
  for (const [n, count] of counts) if (n > held && count.held < tries && count.failed >= tries) failed = Math.min(failed, n);
  for (const [n, count] of counts) if (n > held && n < failed && Math.max(count.held, count.failed) < tries) return { next: n };
  if (trials.length === 0 && from < failed) return { next: Math.min(from, most) };
  if (failed === Infinity) return held >= most ? { held, failed } : { next: Math.min(held * 2, most) };
  if (held === 0) return failed <= 1 ? { held, failed } : { next: Math.floor(failed / 2) };
  const between = Math.round(Math.sqrt(held * failed));
  return failed / held <= step || between <= held || between >= failed ? { held, failed } : { next: between };
}

/**
 * Chooses which of `count` sessions are heard: spread over all of them, because the first ones are served first in each tick; and alternating between
 * even and odd numbers, because sessions go to two threads in turn.
 */
export function sampleOf(count, sample) {
  const chosen = new Set();
  for (let k = 0; k < Math.min(sample, count); k += 1) {
    const at = Math.floor(((k + 0.5) * count) / Math.min(sample, count));
    const turned = at - (at % 2) + (k % 2);
    chosen.add(turned < count && !chosen.has(turned) ? turned : at);
  }
  return chosen;
}
