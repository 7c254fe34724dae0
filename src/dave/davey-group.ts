/** One MLS group, implemented by `@snazzah/davey`. */
import type { DAVESession } from '@snazzah/davey';
import type { CommitOutcome, DaveGroup, DecryptFailure, ProposedCommit } from '../driver/dave/provider.js';
import type { Snowflake } from '../types.js';

// davey's enums are `const enum`s, which cannot be imported under isolatedModules.
const MEDIA_AUDIO = 0;
const PROPOSALS_APPEND = 0;
const PROPOSALS_REVOKE = 1;

/** Error texts for commits that do not concern our group: libdave ignores such commits, and so do we. */
const NOT_OURS = /: (NoGroup|PendingGroup|MessageForDifferentGroup)$/;

/** A {@link DaveGroup} around one `DAVESession`. What davey throws reaches the driver, which treats it as a refusal. */
export class DaveyGroup implements DaveGroup {
  readonly #session: DAVESession;

  constructor(session: DAVESession) {
    this.#session = session;
  }

  get ready(): boolean {
    return this.#session.ready;
  }

  get epoch(): number | null {
    const { epoch } = this.#session;
    return !this.ready || epoch === null ? null : Number(epoch);
  }

  get privacyCode(): string | null {
    const code = this.#session.voicePrivacyCode;
    return code === '' ? null : code;
  }

  get members(): readonly Snowflake[] {
    return this.ready ? this.#session.getUserIds() : [];
  }

  keyPackage(): Uint8Array {
    return this.#session.getSerializedKeyPackage();
  }

  externalSender(sender: Uint8Array): void {
    this.#session.setExternalSender(lent(sender));
  }

  propose(revoke: boolean, proposals: Uint8Array, recognised: readonly Snowflake[]): ProposedCommit | undefined {
    const operation = revoke ? PROPOSALS_REVOKE : PROPOSALS_APPEND;
    const { commit, welcome } = this.#session.processProposals(operation, lent(proposals), [...recognised]);
    return commit === undefined ? undefined : { commit, welcome };
  }

  commit(commit: Uint8Array): CommitOutcome {
    try {
      this.#session.processCommit(lent(commit));
      return 'joined';
    } catch (error) {
      if (error instanceof Error && NOT_OURS.test(error.message)) return 'ignored';
      throw error;
    }
  }

  welcome(welcome: Uint8Array): void {
    this.#session.processWelcome(lent(welcome));
  }

  /** Uses only `encryptOpus`: `encrypt` with codec 0 ends the process. */
  encrypt(frame: Uint8Array): Uint8Array {
    return this.#session.encryptOpus(lent(frame));
  }

  decrypt(userId: Snowflake, frame: Uint8Array): Uint8Array | DecryptFailure {
    try {
      return this.#session.decrypt(userId, MEDIA_AUDIO, lent(frame));
    } catch (error) {
      return error instanceof Error && error.message.includes('NoDecryptorForUser') ? 'no-key' : 'undecryptable';
    }
  }

  verificationCode(userId: Snowflake): Promise<string> {
    return this.#session.getVerificationCode(userId);
  }
}

/** The same memory as a Buffer, the only type that davey accepts. */
function lent(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
