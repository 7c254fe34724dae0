/** What the driver needs from an MLS library: one group at a time, for one member. No sockets, no time, no opcodes. */
import type { Snowflake } from '../../types.js';

/** The ECDSA P-256 key pair that a member signs with. The private half is a secret: it never reaches a log or an error. */
export interface DaveKeyPair {
  /** The private scalar: 32 bytes. */
  readonly privateKey: Uint8Array;
  /** The uncompressed point: 65 bytes, of which the first is 0x04. */
  readonly publicKey: Uint8Array;
}

/** The parameters of a group. */
export interface DaveGroupOptions {
  /** The DAVE protocol version; never 0, which stands for no encryption. */
  readonly version: number;
  /** The member's own id: the identity of its leaf. */
  readonly userId: Snowflake;
  /** The MLS group id. */
  readonly channelId: Snowflake;
  /** The result of {@link DaveProvider.keyPair} for this call. */
  readonly keyPair: DaveKeyPair;
}

/** The result of a batch of proposals: the two parts of opcode 28, if anything. */
export interface ProposedCommit {
  /** An MLSMessage with a commit. */
  readonly commit: Uint8Array;
  /** A bare Welcome; undefined when the commit adds nobody. */
  readonly welcome: Uint8Array | undefined;
}

/** The outcome of a commit: `joined` a new epoch, or `ignored` because it is of another group or there is no group to apply it to. */
export type CommitOutcome = 'joined' | 'ignored';

/** Why a frame gave no audio: there are no keys for this user, or none of them fits. */
export type DecryptFailure = 'no-key' | 'undecryptable';

/**
 * One member's view of one MLS group, from its key package on. It is replaced by a new one rather than reset, so that the old keys remain for frames
 * still in flight.
 *
 * Every method may throw, because its input comes from outside: the driver treats that as a refusal with the error's text as the reason. The bytes
 * passed in are only valid during the call.
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
  /** A new KeyPackage, bare. Earlier ones remain valid for a Welcome. */
  keyPackage(): Uint8Array;
  /** The body of opcode 25. Throws when the group is established, or the bytes are not an ExternalSender. */
  externalSender(sender: Uint8Array): void;
  /**
   * @param revoke whether `proposals` is a vector of ProposalRef to revoke, instead of MLSMessages to add
   * @param recognised who may be added
   * @returns undefined when there is nothing to commit
   */
  propose(revoke: boolean, proposals: Uint8Array, recognised: readonly Snowflake[]): ProposedCommit | undefined;
  /** An MLSMessage with a commit. Throws when it cannot be applied. */
  commit(commit: Uint8Array): CommitOutcome;
  /** A bare Welcome. Throws when it cannot be applied. */
  welcome(welcome: Uint8Array): void;
  /** Encrypts an Opus packet to a DAVE frame, in its own memory. Never called before `ready`, nor for a silence frame. */
  encrypt(frame: Uint8Array): Uint8Array;
  /** Decrypts a DAVE frame of `userId` to an Opus packet, in its own memory. Only called with bytes that have the form of a DAVE frame. */
  decrypt(userId: Snowflake, frame: Uint8Array): Uint8Array | DecryptFailure;
  /** The pairwise verification code with another member: 45 digits, the same on both sides. Rejects if the user is not a member. */
  verificationCode(userId: Snowflake): Promise<string>;
}

/**
 * An implementation of DAVE, Discord's end-to-end encryption. `daveyProvider()` is the one included.
 *
 * Every member may throw; a VoiceUnsupportedError is passed to the user unchanged, anything else in the text of one.
 */
export interface DaveProvider {
  /** The highest protocol version that it supports; sent in Identify. 1 or more. */
  readonly maxProtocolVersion: number;
  /** The key pair for one call. Returning the same one for every call makes a lasting identity, which other members need to verify only once. */
  keyPair(): DaveKeyPair;
  /** A member without a group. */
  open(options: DaveGroupOptions): DaveGroup;
}
