/** The numbered messages of one session, so that a resume can replay what its client missed. */
import { encodeJsonFrame, encodeServerBinary, type WireMessage } from '../../protocol/frames.js';
import { uint16Add } from '../../protocol/wrap.js';

/** Numbers messages with an unsigned 16-bit `seq` that wraps, and keeps the last `limit` of them. */
export class ReplayBuffer {
  /** Oldest first; consecutive numbers, the last being `#next - 1`. */
  readonly #messages: WireMessage[] = [];
  #next: number;
  /** How many messages were numbered so far. */
  #given = 0;
  #dropped = false;

  /** @param limit the maximum of kept messages, at most 32 767, so that each number is unambiguous */
  constructor(
    private readonly limit: number,
    firstSequence: number,
  ) {
    this.#next = firstSequence;
  }

  /** Numbers a JSON message and keeps it. Returns the frame, with its `seq`. */
  push(op: number, d: unknown): string {
    return this.#keep(encodeJsonFrame(op, d, this.#next));
  }

  /** Numbers a binary message and keeps it. Returns the frame, with its `seq`. */
  pushBinary(op: number, body: Uint8Array): Uint8Array {
    return this.#keep(encodeServerBinary(op, body, this.#next));
  }

  /**
   * The messages after `seqAck`, oldest first; from the beginning for null. Undefined if the buffer no longer reaches back that far, or if the number
   * was never used.
   */
  after(seqAck: number | null): readonly WireMessage[] | undefined {
    if (seqAck === null) return this.#dropped ? undefined : this.#messages.slice();
    const missed = uint16Add(this.#next, -1 - seqAck);
    return missed > this.#messages.length ? undefined : this.#messages.slice(this.#messages.length - missed);
  }

  /** Whether the number was used, and recently enough that it does not mean another message by now. */
  hasGiven(sequence: number): boolean {
    return uint16Add(this.#next, -1 - sequence) < this.#given;
  }

  /** Drops the kept messages, and one more that is never sent: a resume across this point has missed something. */
  forget(): void {
    this.#messages.length = 0;
    this.#dropped = true;
    this.#advance();
  }

  #keep<T extends WireMessage>(message: T): T {
    this.#messages.push(message);
    this.#advance();
    if (this.#messages.length > this.limit) {
      this.#messages.shift();
      this.#dropped = true;
    }
    return message;
  }

  #advance(): void {
    this.#next = uint16Add(this.#next, 1);
    this.#given++;
  }
}
