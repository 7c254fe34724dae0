/** What can be made to go wrong in a call's end-to-end encryption. */
import type { Snowflake } from '../../types.js';

/** The faults of one call. Those that name a user strike that user's messages only; without one they strike everybody's. */
export interface DaveFaults {
  /**
   * The next opcode 29 is announced with its last bytes flipped: once each for everybody who gets it, its author included. The
   * answer to it is a 31.
   */
  garbleCommit(userId?: Snowflake): void;
  /** The next opcode 30 is sent with its last bytes flipped. Once each for everybody who gets one at that moment. */
  garbleWelcome(userId?: Snowflake): void;
  /** Sends an opcode 27 of random bytes, now, to the members of the group. No answer is due to it. */
  sendGarbageProposals(userId?: Snowflake): void;
  /** The next `count` transitions are executed without an opcode 22. */
  loseExecutes(count: number): void;
  /** Opcode 25 is sent so many ms late from now on; what follows it does not wait. 0 ends that. */
  delayExternalSender(ms: number): void;
  /** No commit is announced while on; `false` announces the one that was accepted meanwhile. */
  holdAnnouncements(on: boolean): void;
  /** Gives the group up: opcodes 24 and 21, and new key packages from everybody. */
  resetGroup(): void;
}

/** Whose messages a fault strikes. */
export type Struck = Snowflake | 'everybody' | undefined;

/** Written by the faults, read where they matter. */
export class DaveFaultState {
  commit: Struck;
  welcome: Struck;
  executesLost = 0;
  /** ms. */
  externalSenderDelay = 0;
  announcementsHeld = false;
}

/** What the faults that act at once do. */
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
