/** Losses after which there is no far side on which a session could go on. */
import type { EngineLostError } from '../errors.js';

const forGood = new WeakSet<EngineLostError>();

/** Marks an error: a session fails with it, and does not look for another far side. */
export function lostForGood(error: EngineLostError): EngineLostError {
  forGood.add(error);
  return error;
}

export const isForGood = (error: EngineLostError): boolean => forGood.has(error);
