/**
 * A minimal fake MLS library that behaves like the real one: it throws to refuse input.
 *
 * ```
 * external sender  40 …                  key package  4B, how many so far
 * proposals        01: commit · 02: commit and Welcome · 03: nothing to commit · anything else throws
 * commit, Welcome  01, epoch, user … : joined · 02: of another group · anything else throws
 * frame            the Opus packet xor epoch ‖ tag of 8 × epoch ‖ nonce 01 ‖ size 12 ‖ FA FA
 * ```
 */
import type { DaveGroup, DaveGroupOptions, DaveProvider } from '../../../../src/driver/dave/provider.js';

export const SENDER = Uint8Array.of(0x40, 0x41);
export const KEY_PAIR = { privateKey: new Uint8Array(32).fill(1), publicKey: new Uint8Array(65).fill(4) };

/** A commit or Welcome into `epoch`, for a group of these users. */
export function into(epoch: number, ...users: readonly number[]): Uint8Array {
  return Uint8Array.of(1, epoch, ...users);
}

/** An Opus packet as a member of `epoch` encrypts it. */
export function encrypted(epoch: number, frame: Uint8Array): Uint8Array {
  return Uint8Array.of(...frame.map((byte) => byte ^ epoch), ...new Uint8Array(8).fill(epoch), 1, 12, 0xfa, 0xfa);
}

export class FakeGroup implements DaveGroup {
  ready = false;
  epoch: number | null = null;
  members: readonly string[] = [];
  /** The member list against which proposals were checked, each time. */
  readonly recognised: string[][] = [];
  #keyPackages = 0;
  #hasSender = false;

  constructor(readonly options: DaveGroupOptions) {}

  get privacyCode(): string | null {
    return this.epoch === null ? null : String(this.epoch).padStart(30, '0');
  }

  keyPackage(): Uint8Array {
    this.#keyPackages += 1;
    return Uint8Array.of(0x4b, this.#keyPackages);
  }

  #committed = false;

  externalSender(sender: Uint8Array): void {
    // davey reports this from the commit on, not only once it is in the group.
    if (this.ready || this.#committed) throw new Error('AlreadyInGroup');
    this.#hasSender = sender[0] === 0x40;
    if (!this.#hasSender) throw new Error('DeserializeExternalSender');
  }

  propose(revoke: boolean, proposals: Uint8Array, recognised: readonly string[]) {
    if (!this.#hasSender) throw new Error('NoGroup');
    this.recognised.push([...recognised].sort());
    const [kind] = proposals;
    if (kind === 1 || kind === 2) this.#committed = true;
    if (kind === 1) return { commit: Uint8Array.of(0xc0, Number(revoke)), welcome: undefined };
    if (kind === 2) return { commit: Uint8Array.of(0xc0, Number(revoke)), welcome: Uint8Array.of(0xee) };
    if (kind === 3) return undefined;
    throw new Error('MessageProcessingFailed');
  }

  commit(commit: Uint8Array) {
    if (commit[0] === 2) return 'ignored' as const;
    this.#join(commit);
    return 'joined' as const;
  }

  welcome(welcome: Uint8Array): void {
    if (this.ready) throw new Error('AlreadyInGroup');
    this.#join(welcome);
  }

  encrypt(frame: Uint8Array): Uint8Array {
    if (!this.ready || this.epoch === null) throw new Error('NotReady');
    return encrypted(this.epoch, frame);
  }

  decrypt(userId: string, frame: Uint8Array) {
    if (!this.members.includes(userId)) return 'no-key' as const;
    if (frame[frame.length - 5] !== this.epoch) return 'undecryptable' as const;
    return frame.slice(0, -12).map((byte) => byte ^ this.epoch!);
  }

  verificationCode(userId: string): Promise<string> {
    return this.members.includes(userId) ? Promise.resolve('1'.repeat(45)) : Promise.reject(new Error('no such member'));
  }

  #join(message: Uint8Array): void {
    const [kind, epoch, ...users] = message;
    if (!this.#hasSender || kind !== 1 || epoch === undefined) throw new Error('ProcessingMessageFailed');
    this.epoch = epoch;
    this.members = users.map(String);
    this.ready = true;
  }
}

/** Records the groups it opened. */
export class FakeProvider implements DaveProvider {
  readonly maxProtocolVersion = 1;
  readonly groups: FakeGroup[] = [];

  keyPair() {
    return KEY_PAIR;
  }

  open(options: DaveGroupOptions): FakeGroup {
    const group = new FakeGroup(options);
    this.groups.push(group);
    return group;
  }
}
