/** A client in the call, from its join to its leave: the key package with which it can be added, and its leaf. */
import type { Snowflake } from '../../../types.js';
import type { KeyPackage } from '../mls/key-package.js';
import type { Leaf } from './leaf-table.js';

/** Sends messages to a client. The implementation numbers them, and keeps them for a resume. */
export interface DaveClient {
  readonly userId: Snowflake;
  sendJson(op: number, d: unknown): void;
  /** @param body without sequence and opcode */
  sendBinary(op: number, body: Uint8Array): void;
}

/** The DAVE state of one client; the group decides what follows from it. */
export class Participant {
  /** The key package with which it waits to be added. Never set together with `leaf`. */
  offer: KeyPackage | undefined;
  /** Its own leaf in the group, while it is an established member. A leaf of the table that no participant owns is a ghost, and is removed. */
  leaf: Leaf | undefined;
  /** Not to be added yet: it flags too often. */
  paused = false;
  /** How many key packages were asked for, and how many of those arrived. */
  #asked = 0;
  #came = 0;

  /** @param client changes when a session gets another socket */
  constructor(
    public client: DaveClient,
    /** The highest protocol version it speaks: 0 or 1. */
    readonly maxVersion: number,
  ) {}

  get userId(): Snowflake {
    return this.client.userId;
  }

  /** Whether it can be added now. */
  get isCandidate(): boolean {
    return this.offer !== undefined && !this.paused;
  }

  /** The key package of its leaf, or with which it waits. */
  get keyPackage(): KeyPackage | undefined {
    return this.offer ?? this.leaf?.keyPackage;
  }

  /** The client was told to begin anew, or acts as if: from now on only a key package made after that is accepted. */
  beginAnew(): void {
    this.offer = undefined;
    this.leaf = undefined;
    this.#asked += 1;
  }

  /**
   * The client says that it is in no group (opcode 31), and a key package will follow. If one is already awaited, it is the same one: if it had been
   * sent before the flag, it would have arrived before it.
   */
  flag(): void {
    if (!this.#awaited) this.beginAnew();
  }

  /** Its socket was lost and is resumed: what it sent last may be lost too, so the next key package is accepted. */
  resumed(): void {
    if (this.#awaited) this.#asked = this.#came + 1;
  }

  get #awaited(): boolean {
    return this.offer === undefined && this.leaf === undefined && this.#came < this.#asked;
  }

  /** It is no longer in a group, and was not asked for a key package. */
  dismiss(): void {
    this.offer = undefined;
    this.leaf = undefined;
  }

  /**
   * A key package arrived. Each begin leads to exactly one, in order. Returns false for one made before the last begin: its private keys are deleted.
   */
  keyPackageCame(): boolean {
    this.#came = Math.min(this.#came + 1, this.#asked);
    return this.#came === this.#asked;
  }
}
