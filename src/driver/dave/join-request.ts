/**
 * Our request to join the group, opcodes 31 and 26. It is repeated when a WebSocket was resumed: the server replays the messages that we may have
 * missed, but nobody repeats what we sent last on the lost socket. A second key package does no harm, but without any we never get into the group.
 */
import type { WireMessage } from '../../protocol/frames.js';
import { mlsInvalidCommitWelcome, mlsKeyPackage } from './messages.js';

export class JoinRequest {
  readonly #send: (message: WireMessage) => void;
  /** The transition that we could not follow, as long as the server may still believe us to be a member. */
  #invalid: number | undefined;
  #keyPackage: WireMessage | undefined;

  constructor(send: (message: WireMessage) => void) {
    this.#send = send;
  }

  /** Opcode 31: we are not in the server's group. A key package must follow. */
  reportInvalid(transitionId: number): void {
    this.#invalid = transitionId;
    this.#send(mlsInvalidCommitWelcome(transitionId));
  }

  /** Opcode 26: a key package, with which the group can add us. */
  sendKeyPackage(keyPackage: Uint8Array): void {
    this.#keyPackage = mlsKeyPackage(keyPackage);
    this.#send(this.#keyPackage);
  }

  /** Everybody starts a new group: the transition that we could not follow no longer matters. */
  forgetInvalid(): void {
    this.#invalid = undefined;
  }

  /** We are in the group, or there is no group to join. */
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
