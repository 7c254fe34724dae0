/** Statistics over the samples of a storm. */

/** MB by which the mean of the last quarter of the samples exceeds that of the second quarter; null if there are too few samples. */
export function growthOf(samples) {
  const quarter = Math.floor(samples.length / 4);
  const mean = (some, of) => some.reduce((sum, sample) => sum + sample[of], 0) / some.length;
  const growth = (of) => (quarter === 0 ? null : mean(samples.slice(-quarter), of) - mean(samples.slice(quarter, 2 * quarter), of));
  return { heap: growth('heap'), rss: growth('rss') };
}

/** Quantiles of the values; null for an empty list. */
export function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
  return { median: at(0.5), p95: at(0.95), longest: at(1) };
}
