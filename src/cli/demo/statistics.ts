/** Statistics of a series of numbers. */

export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Half of the values are at most this. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** The standard deviation of these values themselves (divided by n). */
  readonly deviation: number;
}

/**
 * The value below which `percent` of the values lie, interpolated between its two neighbours. NaN if there are none.
 *
 * @param sorted in ascending order
 * @param percent 0 (minimum) to 100 (maximum)
 */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  if (sorted.length === 0) return Number.NaN;
  const rank = (Math.min(Math.max(percent, 0), 100) / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)]!;
  const above = sorted[Math.ceil(rank)]!;
  return below + (above - below) * (rank - Math.floor(rank));
}

/** The summary of values in any order, in their own unit (for example ms between two packets); undefined if there are none. */
export function summarize(values: Iterable<number>): Summary | undefined {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  if (count === 0) return undefined;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  return {
    count,
    min: sorted[0]!,
    max: sorted[count - 1]!,
    mean,
    p50: percentile(sorted, 50),
    p95: percentile(sorted, 95),
    p99: percentile(sorted, 99),
    deviation: Math.sqrt(variance),
  };
}

/** The differences between neighbours, in the unit of the times: n times have n − 1. */
export function intervals(times: readonly number[]): number[] {
  return times.slice(1).map((time, i) => time - times[i]!);
}
