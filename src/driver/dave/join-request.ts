/**
 * The request of who is not in the group to be let in, opcodes 31 and 26, repeated when a WebSocket was resumed: the server replays
 * what we may have missed, but nobody does that for what we said last on the socket that was lost. A second key package is worth no
 * more than the first, but none is no way in.
 */
import type { WireMessage } from '../../protocol/frames.js';
import { mlsInvalidCommitWelcome, mlsKeyPackage } from './messages.js';

export class JoinRequest {
  readonly #send: (message: WireMessage) => void;
  /** The transition that could not be followed, while the server may still take us for a member. */
  #invalid: number | undefined;
  #keyPackage: WireMessage | undefined;

  constructor(send: (message: WireMessage) => void) {
    this.#send = send;
  }

  /** Opcode 31: we are not in the server's group. A key package is to follow. */
  reportInvalid(transitionId: number): void {
    this.#invalid = transitionId;
    this.#send(mlsInvalidCommitWelcome(transitionId));
  }

  /** Opcode 26: a key package to be let in by. */
  sendKeyPackage(keyPackage: Uint8Array): void {
    this.#keyPackage = mlsKeyPackage(keyPackage);
    this.#send(this.#keyPackage);
  }

  /** Everybody begins anew: what could not be followed before is of no interest any more. */
  forgetInvalid(): void {
    this.#invalid = undefined;
  }

  /** We are in, or there is nothing to be let into. */
  settle(): void {
    this.#invalid = undefined;
    this.#keyPackage = undefined;
  }

  /** The WebSocket was resumed. */
  repeat(): void {
    if (this.#keyPackage === undefined) return;
    if (this.#invalid !== undefined) this.#send(mlsInvalidCommitWelcome(this.#invalid));
    this.#send(this.#keyPackage);
  }
}
