/**
 * What who is not in the group asks the server for, and asks for again when a WebSocket was resumed: the server replays what we may
 * have missed, but nobody does that for what we said last on the socket that was lost. A second key package is worth no more than
 * the first, but none is no way in.
 */
import type { WireMessage } from '../../protocol/frames.js';
import { mlsInvalidCommitWelcome, mlsKeyPackage } from './messages.js';

export class Plea {
  readonly #send: (message: WireMessage) => void;
  /** The transition that could not be followed, while the server may still take us for a member. */
  #flagged: number | undefined;
  #keyPackage: WireMessage | undefined;

  constructor(send: (message: WireMessage) => void) {
    this.#send = send;
  }

  /** Opcode 31: we are not in the server's group. A key package is to follow. */
  flag(transitionId: number): void {
    this.#flagged = transitionId;
    this.#send(mlsInvalidCommitWelcome(transitionId));
  }

  /** Opcode 26: a key package to be let in by. */
  ask(keyPackage: Uint8Array): void {
    this.#keyPackage = mlsKeyPackage(keyPackage);
    this.#send(this.#keyPackage);
  }

  /** Everybody begins anew: what could not be followed before is of no interest any more. */
  anew(): void {
    this.#flagged = undefined;
  }

  /** We are in. */
  heard(): void {
    this.#flagged = undefined;
    this.#keyPackage = undefined;
  }

  /** The WebSocket was resumed. */
  again(): void {
    if (this.#keyPackage === undefined) return;
    if (this.#flagged !== undefined) this.#send(mlsInvalidCommitWelcome(this.#flagged));
    this.#send(this.#keyPackage);
  }
}
