/** Which protocol version a call has: the lowest that all its clients share. DAVE whitepaper, "Protocol Version". */
import type { CloseCode } from '../../../protocol/close-codes.js';
import type { Participant } from './participant.js';

/** The highest version served. 0 stands for frames in the clear. */
export const MAX_VERSION = 1;

/** What a client that joins is told: `version` for its opcode 4, or the code to close with. */
export type Admission = { readonly version: number } | { readonly refuse: typeof CloseCode.DaveRequired };

/** What a client speaks of what is served; 0 also for what is no version. */
export function capped(version: number): number {
  return version >= MAX_VERSION ? MAX_VERSION : 0;
}

/** The lowest version of all; the highest served where there is nobody. */
export function lowestVersion(participants: Iterable<Participant>): number {
  let lowest = MAX_VERSION;
  for (const { maxVersion } of participants) lowest = Math.min(lowest, maxVersion);
  return lowest;
}
