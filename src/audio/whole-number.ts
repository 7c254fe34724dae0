/** The check of options that count something. */

/** @throws RangeError that names the option, unless `value` is a whole number from `least` to `most` */
export function requireWholeNumber(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} must be a whole number from ${least} to ${most}, and is ${value}`);
}
