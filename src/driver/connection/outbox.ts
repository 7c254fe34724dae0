/**
 * Sends on a WebSocket that listens: the server takes nothing before it has answered Identify or Resume. What is said meanwhile,
 * such as a key package of a recovery, is kept for the resumed WebSocket and not lost.
 */
import type { ServerFrame, WireMessage } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import type { Control } from './control.js';
import type { MediaSlot } from './media-slot.js';

/** A recovery of the end-to-end encryption says two things, and there are few. */
const MAX_WAITING = 64;

/** The way out of one media session, over every WebSocket that it sees. */
export class Outbox {
  readonly #slot: MediaSlot;
  /** The WebSocket that listens. */
  #listening: Control | undefined;
  #waiting: WireMessage[] = [];

  constructor(slot: MediaSlot) {
    this.#slot = slot;
  }

  /** Ready and Resumed say that the server listens. */
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
