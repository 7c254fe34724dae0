/** Faults that can be injected into a call's end-to-end encryption. */
import type { Snowflake } from '../../types.js';

/** The faults of one call. A fault with a user affects that user's messages only; without one it affects everybody's. */
export interface DaveFaults {
  /** The next opcode 29 is sent with its last bytes flipped: once to each recipient, its author included. Clients answer it with opcode 31. */
  garbleCommit(userId?: Snowflake): void;
  /** The next opcode 30 is sent with its last bytes flipped, once to each recipient of that moment. */
  garbleWelcome(userId?: Snowflake): void;
  /** Sends an opcode 27 of random bytes, now, to the members of the group. Clients need not answer it. */
  sendGarbageProposals(userId?: Snowflake): void;
  /** The next `count` transitions are executed without an opcode 22. */
  loseExecutes(count: number): void;
  /** From now on opcode 25 is sent this many ms late; later messages do not wait for it. 0 ends that. */
  delayExternalSender(ms: number): void;
  /** No commit is announced while on; `false` announces the commit that was accepted meanwhile. */
  holdAnnouncements(on: boolean): void;
  /** Gives up the group: opcodes 24 and 21, and new key packages from everybody. */
  resetGroup(): void;
}

/** Whose messages a fault affects. */
export type Struck = Snowflake | 'everybody' | undefined;

/** Written by the faults, read where they take effect. */
export class DaveFaultState {
  commit: Struck;
  welcome: Struck;
  executesLost = 0;
  /** ms. */
  externalSenderDelay = 0;
  announcementsHeld = false;
}

/** What the faults with an immediate effect do. */
export interface DaveFaultActions {
  readonly garbageProposals: (userId: Snowflake | undefined) => void;
  /** Announces what was held. */
  readonly announce: () => void;
  readonly reset: () => void;
}

/** The faults of one call. */
export function createDaveFaults(state: DaveFaultState, actions: DaveFaultActions): DaveFaults {
  return {
    garbleCommit: (userId) => {
      state.commit = userId ?? 'everybody';
    },
    garbleWelcome: (userId) => {
      state.welcome = userId ?? 'everybody';
    },
    sendGarbageProposals: (userId) => actions.garbageProposals(userId),
    loseExecutes: (count) => {
      state.executesLost = count;
    },
    delayExternalSender: (ms) => {
      state.externalSenderDelay = ms;
    },
    holdAnnouncements: (on) => {
      state.announcementsHeld = on;
      actions.announce();
    },
    resetGroup: () => actions.reset(),
  };
}

const FLIPPED_BYTES = 8;

/** A copy with the last bytes flipped: the tag of a commit, and that of a Welcome's group info. */
export function garbled(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let i = Math.max(0, copy.length - FLIPPED_BYTES); i < copy.length; i += 1) copy[i]! ^= 0xff;
  return copy;
}
