/**
 * Which protocol version is in force, and which ones are pending: opcodes 21, 22 and 24. Version 0 stands for frames in the clear.
 *
 * ```
 * 21 {id 7, v 0}  → pending 7: 0, plain frames are accepted   22 {7} → version 0
 * 21 {id 8, v 1}  → pending 8: 1                              22 {8} → version 1, plain frames are accepted for 10 s more
 * ```
 */

/** How long, in ms, plain frames are accepted after the call became encrypted. DAVE whitepaper, "Passthrough". */
export const PASSTHROUGH_GRACE = 10_000;
/** The maximum number of pending transitions: beyond it the oldest are forgotten, in case a server prepares them and executes none. */
const MAX_PENDING = 64;

/** The version in force and those that wait for opcode 22. A pure reducer: time is an argument, in ms. */
export class Transitions {
  #version = 0;
  #graceUntil = -Infinity;
  readonly #pending = new Map<number, number>();

  /** The version in force. */
  get version(): number {
    return this.#version;
  }

  /** Whether no transition is under way. */
  get settled(): boolean {
    return this.#pending.size === 0;
  }

  /** The call begins, with `version`. */
  begin(version: number): void {
    this.#version = version;
    this.#graceUntil = -Infinity;
    this.#pending.clear();
  }

  /** A transition to `version` waits for opcode 22. */
  prepare(id: number, version: number): void {
    this.#pending.delete(id);
    this.#pending.set(id, version);
    for (const oldest of this.#pending.keys()) {
      if (this.#pending.size <= MAX_PENDING) break;
      this.#pending.delete(oldest);
    }
  }

  /** Opcode 22. False for an id that is not pending: it is unknown, or was executed before. */
  execute(id: number, now: number): boolean {
    const version = this.#pending.get(id);
    if (version === undefined) return false;
    this.#pending.delete(id);
    this.become(version, now);
    return true;
  }

  /** Puts a version in force, at `now` (ms). */
  become(version: number, now: number): void {
    if (this.#version === 0 && version > 0) this.#graceUntil = now + PASSTHROUGH_GRACE;
    this.#version = version;
  }

  /** Whether others may send in the clear at `now` (ms): no encryption, a downgrade under way, or an upgrade just done. */
  acceptsPlain(now: number): boolean {
    if (this.#version === 0 || now < this.#graceUntil) return true;
    for (const version of this.#pending.values()) if (version === 0) return true;
    return false;
  }
}
