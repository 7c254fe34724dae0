/** Compares actual and expected values, independent of the test runner. */
import { isDeepStrictEqual } from 'node:util';

/** What vitest and jest use in place of a value: `expect.any(Number)`, `expect.objectContaining({})`. */
interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean;
}

/**
 * Deep equality, with the matchers of vitest and jest at any depth of the expected value. Errors are equal if name and message are: their stack, and
 * the cause that a runner adds, are not part of the comparison.
 */
export function same(actual: unknown, expected: unknown): boolean {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual);
  if (actual instanceof Error && expected instanceof Error) return actual.name === expected.name && actual.message === expected.message;
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.length === expected.length && expected.every((value, i) => same(actual[i], value));
  }
  if (!isPlain(actual) || !isPlain(expected)) return isDeepStrictEqual(actual, expected);
  const keys = Object.keys(expected);
  return keys.length === Object.keys(actual).length && keys.every((key) => key in actual && same(actual[key], expected[key]));
}

function isMatcher(value: unknown): value is AsymmetricMatcher {
  return typeof value === 'object' && value !== null && typeof (value as Partial<AsymmetricMatcher>).asymmetricMatch === 'function';
}

/** Works for objects of any realm: jest uses its own. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype as object) === null;
}
