/** Which protocol version a call has: the lowest that all its clients share. DAVE whitepaper, "Protocol Version". */
import type { CloseCode } from '../../../protocol/close-codes.js';
import type { Participant } from './participant.js';

/** The highest version supported. 0 means unencrypted frames. */
export const MAX_VERSION = 1;

/** The answer to a client that joins: `version` for its opcode 4, or the code to close with. */
export type Admission = { readonly version: number } | { readonly refuse: typeof CloseCode.DaveRequired };

/** The version that a client can use here; 0 also for an invalid version. */
export function capped(version: number): number {
  return version >= MAX_VERSION ? MAX_VERSION : 0;
}

/** The lowest version of all participants; the highest supported if there are none. */
export function lowestVersion(participants: Iterable<Participant>): number {
  let lowest = MAX_VERSION;
  for (const { maxVersion } of participants) lowest = Math.min(lowest, maxVersion);
  return lowest;
}
