/** What the session reports about its end-to-end encryption. Plain data, for `structuredClone`. */
import type { E2eeState } from '../../types.js';

/** The state of a call before the server has described it. */
export const PLAIN_STATE: E2eeState = { version: 0, status: 'plain', epoch: null, privacyCode: null, members: [] };

/** Whether two states are equal. */
export function sameE2eeState(a: E2eeState, b: E2eeState): boolean {
  return (
    a.version === b.version &&
    a.status === b.status &&
    a.epoch === b.epoch &&
    a.privacyCode === b.privacyCode &&
    a.members.length === b.members.length &&
    a.members.every((member, i) => member === b.members[i])
  );
}
