/** What a place is looked for with ends with where there will never be one any more: a session does not wait for it. */
import type { EngineLostError } from '../errors.js';

export class NoMorePlaces {
  /** @param error what the session fails with */
  constructor(readonly error: EngineLostError) {}
}
