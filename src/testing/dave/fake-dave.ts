/** End-to-end encryption for tests: behaves like an MLS library, but without its cryptography and its native module. */
import type { CommitOutcome, DaveGroup, DaveProvider, DecryptFailure, ProposedCommit } from '../../driver/dave/provider.js';
import type { Snowflake } from '../../types.js';
import { fakeDecrypt, fakeEncrypt, fakeEpoch } from './fake-frame.js';

/** The content of a fake Welcome or commit, agreed between the fake server and the fake library. */
export interface FakeEpoch {
  readonly epoch: number;
  readonly members: readonly Snowflake[];
}

const KEY_BYTES = { private: 32, public: 65 };
const PRIVACY_CODE_DIGITS = 30;
const VERIFICATION_CODE_DIGITS = 45;

/** Encodes a Welcome or a commit. */
export function encodeFakeEpoch(epoch: FakeEpoch): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(epoch));
}

/**
 * A `DaveProvider` for virtual calls. Nothing is secret, but it behaves like a real one: frames depend on the epoch, are held while there are no
 * keys, and cannot be read by users outside the group. For `voiceTest(…, { dave: true })`, whose `voice.options` has one.
 */
export function fakeDave(): DaveProvider {
  return {
    maxProtocolVersion: 1,
    keyPair: () => ({ privateKey: new Uint8Array(KEY_BYTES.private).fill(1), publicKey: new Uint8Array(KEY_BYTES.public).fill(4) }),
    open: () => new FakeGroup(),
  };
}

class FakeGroup implements DaveGroup {
  #now: FakeEpoch | undefined;

  get ready(): boolean {
    return this.#now !== undefined;
  }

  get epoch(): number | null {
    return this.#now?.epoch ?? null;
  }

  get members(): readonly Snowflake[] {
    return this.#now?.members ?? [];
  }

  get privacyCode(): string | null {
    return this.#now === undefined ? null : String(this.#now.epoch).padStart(PRIVACY_CODE_DIGITS, '0');
  }

  keyPackage(): Uint8Array {
    return Uint8Array.of(1);
  }

  externalSender(): void {
    if (this.#now !== undefined) throw new Error('the group is established');
  }

  propose(): ProposedCommit | undefined {
    return undefined;
  }

  commit(commit: Uint8Array): CommitOutcome {
    if (this.#now === undefined) return 'ignored';
    this.welcome(commit);
    return 'joined';
  }

  welcome(welcome: Uint8Array): void {
    this.#now = JSON.parse(new TextDecoder().decode(welcome)) as FakeEpoch;
  }

  encrypt(frame: Uint8Array): Uint8Array {
    return fakeEncrypt(this.#now?.epoch ?? 0, frame);
  }

  decrypt(userId: Snowflake, frame: Uint8Array): Uint8Array | DecryptFailure {
    if (!this.members.includes(userId)) return 'no-key';
    return fakeEpoch(frame) === (this.#now!.epoch & 0xff) ? fakeDecrypt(frame) : 'undecryptable';
  }

  /** The same on both sides, because it depends only on the epoch. */
  verificationCode(userId: Snowflake): Promise<string> {
    const code = String(this.#now?.epoch ?? 0).padStart(VERIFICATION_CODE_DIGITS, '0');
    return this.members.includes(userId) ? Promise.resolve(code) : Promise.reject(new Error(`${userId} is not in the group`));
  }
}
