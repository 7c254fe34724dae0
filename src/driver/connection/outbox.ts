/**
 * Sends on a WebSocket that accepts messages: the server accepts none before it has answered Identify or Resume. Messages sent in the meantime, such
 * as a key package of a recovery, are kept for the resumed WebSocket.
 */
import type { ServerFrame, WireMessage } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import type { Control } from './control.js';
import type { MediaSlot } from './media-slot.js';

/** The maximum number of messages that wait: ample, because a recovery of the end-to-end encryption sends two, and recoveries are few. */
const MAX_WAITING = 64;

/** The outgoing messages of one media session, over all the WebSockets that it uses. */
export class Outbox {
  readonly #slot: MediaSlot;
  /** The WebSocket whose server accepts messages. */
  #listening: Control | undefined;
  #waiting: WireMessage[] = [];

  constructor(slot: MediaSlot) {
    this.#slot = slot;
  }

  /** Ready and Resumed mean that the server accepts messages. */
  frame(frame: ServerFrame): void {
    if (frame.kind !== 'json' || (frame.op !== VoiceOp.Ready && frame.op !== VoiceOp.Resumed)) return;
    this.#listening = this.#slot.control;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.send(message);
  }

  send(message: WireMessage): void {
    const { control } = this.#slot;
    if (control !== undefined && control === this.#listening) control.send(message);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(message);
  }
}
