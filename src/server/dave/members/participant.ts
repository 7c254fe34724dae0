/** A client in the call, from its join to its leave: what it offers to be added with, and which leaf is its own. */
import type { Snowflake } from '../../../types.js';
import type { KeyPackage } from '../mls/key-package.js';
import type { Leaf } from './leaf-table.js';

/** How the messages reach a client. Numbering them, and keeping them for a resume, is the affair of who implements it. */
export interface DaveClient {
  readonly userId: Snowflake;
  sendJson(op: number, d: unknown): void;
  /** @param body without sequence and opcode */
  sendBinary(op: number, body: Uint8Array): void;
}

/** State with a few rules; what follows from it is the affair of the group. */
export class Participant {
  /** Waits to be added with it. Never set together with `leaf`. */
  offer: KeyPackage | undefined;
  /** Its own leaf in the group, while it is an established member. A leaf of the table that is nobody's own is a ghost. */
  leaf: Leaf | undefined;
  /** Not to be added yet: it flags too often. */
  paused = false;
  /** Key packages asked for, and of those the ones that came. */
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

  /** What it is in the group with, or waits with. */
  get keyPackage(): KeyPackage | undefined {
    return this.offer ?? this.leaf?.keyPackage;
  }

  /** The client was, or counts as, told to begin anew: from now on only a key package made after that is good. */
  beginAnew(): void {
    this.offer = undefined;
    this.leaf = undefined;
    this.#asked += 1;
  }

  /**
   * It says that it is in no group (opcode 31), and a key package is to follow. One that is waited for anyway is the same one: had it
   * been sent before the flag, it would have come before it.
   */
  flag(): void {
    if (!this.#awaited) this.beginAnew();
  }

  /** Its socket was lost and is resumed: what it had sent last may be lost too, so that the next key package is the one to take. */
  resumed(): void {
    if (this.#awaited) this.#asked = this.#came + 1;
  }

  get #awaited(): boolean {
    return this.offer === undefined && this.leaf === undefined && this.#came < this.#asked;
  }

  /** It is in no group any more and was not asked for anything. */
  dismiss(): void {
    this.offer = undefined;
    this.leaf = undefined;
  }

  /**
   * A key package came. Each begin leads to exactly one, and they come in order: false for one that was made before the last
   * begin, whose private keys the client has thrown away.
   */
  keyPackageCame(): boolean {
    this.#came = Math.min(this.#came + 1, this.#asked);
    return this.#came === this.#asked;
  }
}
