/** What the driver needs of an MLS library: one group at a time, for one member. No sockets, no time, no opcodes. */
import type { Snowflake } from '../../types.js';

/** The ECDSA P-256 key pair that a member signs with. The private half is a secret: it never reaches a log or an error. */
export interface DaveKeyPair {
  /** The scalar: 32 bytes. */
  readonly privateKey: Uint8Array;
  /** The uncompressed point: 65 bytes, the first of them 04. */
  readonly publicKey: Uint8Array;
}

/** What a group is made for. */
export interface DaveGroupOptions {
  /** The DAVE protocol version; never 0, which stands for no encryption. */
  readonly version: number;
  /** The member's own id: the identity of its leaf. */
  readonly userId: Snowflake;
  /** The MLS group id. */
  readonly channelId: Snowflake;
  /** What {@link DaveProvider.keyPair} gave for this call. */
  readonly keyPair: DaveKeyPair;
}

/** What a batch of proposals leads to: the two parts of opcode 28, if anything. */
export interface ProposedCommit {
  /** An MLSMessage with a commit. */
  readonly commit: Uint8Array;
  /** A bare Welcome; undefined when the commit adds nobody. */
  readonly welcome: Uint8Array | undefined;
}

/** What became of a commit: `joined` a new epoch, or `ignored` since it is of another group or there is none to apply it to. */
export type CommitOutcome = 'joined' | 'ignored';

/** Why a frame gave no audio: there are no keys for this user, or none of those there are fits. */
export type DecryptFailure = 'no-key' | 'undecryptable';

/**
 * One member's view of one MLS group, from its key package on. It is thrown away for a new one rather than reset, so that the old
 * keys can live on for the frames still in flight.
 *
 * Every method may throw, as what it is given comes from outside: the driver takes that for a refusal with the error's text as
 * the reason. The bytes given are only lent.
 */
export interface DaveGroup {
  /** Whether there are keys: a commit or a Welcome was processed. */
  readonly ready: boolean;
  /** The MLS epoch; null while there are no keys. */
  readonly epoch: number | null;
  /** The voice privacy code, 30 digits, the same for every member of an epoch; null while there are no keys. */
  readonly privacyCode: string | null;
  /** The ids in the group's leaves, its own included; empty while there are no keys. */
  readonly members: readonly Snowflake[];
  /** A new KeyPackage, bare. Those made before remain good for a Welcome. */
  keyPackage(): Uint8Array;
  /** The body of opcode 25. Throws when the group is established, or the bytes are no ExternalSender. */
  externalSender(sender: Uint8Array): void;
  /**
   * @param revoke whether `proposals` is a vector of ProposalRef to take back, instead of MLSMessages to add
   * @param recognised who may be added
   * @returns undefined when there is nothing to commit
   */
  propose(revoke: boolean, proposals: Uint8Array, recognised: readonly Snowflake[]): ProposedCommit | undefined;
  /** An MLSMessage with a commit. Throws when it cannot be applied. */
  commit(commit: Uint8Array): CommitOutcome;
  /** A bare Welcome. Throws when it cannot be applied. */
  welcome(welcome: Uint8Array): void;
  /** An Opus packet as a DAVE frame, in memory of its own. Never called before `ready`, nor for a silence frame. */
  encrypt(frame: Uint8Array): Uint8Array;
  /** The Opus packet in a DAVE frame of `userId`, in memory of its own. Only ever given what has the form of a DAVE frame. */
  decrypt(userId: Snowflake, frame: Uint8Array): Uint8Array | DecryptFailure;
  /** The pairwise verification code with another member: 45 digits, the same on both sides. Rejects for who is no member. */
  verificationCode(userId: Snowflake): Promise<string>;
}

/**
 * A way to do DAVE, Discord's end-to-end encryption. `daveyProvider()` is the one that ships.
 *
 * All of it may throw; a VoiceUnsupportedError goes to the user as it is, anything else inside one.
 */
export interface DaveProvider {
  /** The highest protocol version it speaks: goes into Identify. 1 or more. */
  readonly maxProtocolVersion: number;
  /** The key pair for one call. The same at each call is a lasting identity, which other members can verify once for all. */
  keyPair(): DaveKeyPair;
  /** A member without a group. */
  open(options: DaveGroupOptions): DaveGroup;
}
