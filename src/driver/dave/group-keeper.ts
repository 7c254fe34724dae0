/**
 * The group of a call, the previous group, and messages that arrive before a group can process them: the external sender and proposals.
 *
 * A replaced group is kept for 10 s, for decryption only: frames encrypted with its keys are still in flight.
 */
import type { Snowflake } from '../../types.js';
import { resultOf, type Result } from './result.js';
import type { Proposals } from './messages.js';
import type { DaveGroup, DaveGroupOptions, DaveProvider, DecryptFailure, ProposedCommit } from './provider.js';

/** How long, in ms, the keys of a replaced group still decrypt. DAVE whitepaper, "Ratchet retention". */
export const RETIRED_KEYS_MS = 10_000;
/** The maximum number of proposals that wait for a group: more than any burst of joins and leaves. */
const MAX_POSTPONED = 32;
/** The maximum size of these proposals, in bytes: an Add has about 500. */
const MAX_POSTPONED_BYTES = 1 << 18;

/** Owns the groups of one call. It catches everything that the provider throws. */
export class GroupKeeper {
  readonly #provider: DaveProvider;
  readonly #ids: Pick<DaveGroupOptions, 'userId' | 'channelId'>;
  #keyPair: DaveGroupOptions['keyPair'] | undefined;
  #current: DaveGroup | undefined;
  #ready = false;
  #retired: { readonly group: DaveGroup; readonly until: number } | undefined;
  /** The last external sender that a group accepted. */
  #sender: Uint8Array | undefined;
  /** An external sender that arrived when no group could take it: the next group tries it first. */
  #nextSender: Uint8Array | undefined;
  #hasExternalSender = false;
  #postponed: Proposals[] = [];
  #changing = false;

  constructor(provider: DaveProvider, ids: Pick<DaveGroupOptions, 'userId' | 'channelId'>) {
    this.#provider = provider;
    this.#ids = ids;
  }

  /** The current group; undefined until the call is described with a version above 0, or upgraded. */
  get current(): DaveGroup | undefined {
    return this.#current;
  }

  /** Whether the current group has keys, as of the last `refresh`. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Whether the current group knows the external sender, and so can take proposals. */
  get hasExternalSender(): boolean {
    return this.#hasExternalSender;
  }

  /** Whether the current group has received proposals, so that a commit will follow: others may already be in the next epoch. */
  get changing(): boolean {
    return this.#changing;
  }

  /** Replaces the current group by a new one, at `now` (ms). The new group gets the external sender at once if it is known. */
  open(version: number, now: number): Result<DaveGroup> {
    const opened = resultOf(() => {
      this.#keyPair ??= this.#provider.keyPair();
      return this.#provider.open({ ...this.#ids, version, keyPair: this.#keyPair });
    });
    if (!opened.ok) return opened;
    if (this.#ready) this.#retired = { group: this.#current!, until: now + RETIRED_KEYS_MS };
    this.#current = opened.value;
    this.#hasExternalSender = false;
    this.refresh();
    if (this.#nextSender !== undefined) this.#giveSender(this.#nextSender);
    if (!this.#hasExternalSender && this.#sender !== undefined) this.#giveSender(this.#sender);
    return opened;
  }

  /** Opcode 25. Kept for the next group if this one cannot take it. Returns what is wrong with it, if anything. */
  externalSender(sender: Uint8Array): string | undefined {
    const copy = sender.slice();
    if (this.#current === undefined || this.#ready) {
      this.#nextSender = copy;
      return undefined;
    }
    const before = this.#hasExternalSender;
    // The server may repeat it: a group that has already sent its commit would refuse even the same one.
    if (before && this.#sender !== undefined && Buffer.compare(copy, this.#sender) === 0) return undefined;
    const refusal = this.#giveSender(copy);
    if (refusal === undefined || this.#sender === undefined) return refusal;
    // A refused sender may have damaged the state of the group: the last good one repairs it. If the group refuses that one too, it has already sent
    // its commit, and is as intact as before.
    if (this.#giveSender(this.#sender) !== undefined) this.#hasExternalSender = before;
    return refusal;
  }

  #giveSender(sender: Uint8Array): string | undefined {
    const taken = resultOf(() => this.#current?.externalSender(sender));
    this.#nextSender = undefined;
    this.#hasExternalSender = taken.ok;
    if (!taken.ok) return taken.reason;
    this.#sender = sender;
    return undefined;
  }

  /** Opcode 27. `recognised` are the users that may be added. */
  propose({ revoke, proposals }: Proposals, recognised: readonly Snowflake[]): Result<ProposedCommit | undefined> {
    this.#changing = true;
    return resultOf(() => this.#current?.propose(revoke, proposals, recognised));
  }

  /** Keeps proposals that arrived before the group. False if there are too many. */
  postpone({ revoke, proposals }: Proposals): boolean {
    const bytes = this.#postponed.reduce((sum, waiting) => sum + waiting.proposals.length, proposals.length);
    if (this.#postponed.length >= MAX_POSTPONED || bytes > MAX_POSTPONED_BYTES) return false;
    this.#postponed.push({ revoke, proposals: proposals.slice() });
    return true;
  }

  /** The proposals that were postponed, in order; they are forgotten here. */
  takePostponed(): readonly Proposals[] {
    const postponed = this.#postponed;
    this.#postponed = [];
    return postponed;
  }

  /** Call this when the current group is new or has entered another epoch: asks it again whether it has keys. */
  refresh(): void {
    this.#changing = false;
    const ready = resultOf(() => this.#current?.ready === true);
    this.#ready = ready.ok && ready.value;
  }

  /** The Opus packet in a DAVE frame, decrypted with the keys of the current or the previous group, at `now` (ms). */
  decrypt(userId: Snowflake, frame: Uint8Array, now: number): Uint8Array | DecryptFailure {
    if (this.#retired !== undefined && now >= this.#retired.until) this.#retired = undefined;
    const current = this.#ready ? decrypted(this.#current!, userId, frame) : 'no-key';
    if (typeof current !== 'string' || this.#retired === undefined) return current;
    const before = decrypted(this.#retired.group, userId, frame);
    return typeof before !== 'string' || current === 'no-key' ? before : current;
  }
}

function decrypted(group: DaveGroup, userId: Snowflake, frame: Uint8Array): Uint8Array | DecryptFailure {
  try {
    return group.decrypt(userId, frame);
  } catch {
    return 'undecryptable';
  }
}
