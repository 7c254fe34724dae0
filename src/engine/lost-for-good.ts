/** Losses after which there is no far side that a session could go on in. */
import type { EngineLostError } from '../errors.js';

const forGood = new WeakSet<EngineLostError>();

/** Says so of an error: a session fails with it, and looks for nothing. */
export function lostForGood(error: EngineLostError): EngineLostError {
  forGood.add(error);
  return error;
}

export const isForGood = (error: EngineLostError): boolean => forGood.has(error);
