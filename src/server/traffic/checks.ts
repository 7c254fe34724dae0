/** Checks the numbers in options. */

/** @throws RangeError for the first that is not from 0 to 1, with its name */
export function checkShares(shares: Readonly<Record<string, number>>): void {
  for (const [name, share] of Object.entries(shares))
    if (!(share >= 0 && share <= 1)) throw new RangeError(`${name} must be a share, from 0 to 1`);
}

/** @throws RangeError for the first that is negative, with its name */
export function checkTimes(times: Readonly<Record<string, number>>): void {
  for (const [name, ms] of Object.entries(times)) if (!(ms >= 0)) throw new RangeError(`${name} must be at least 0 ms`);
}
