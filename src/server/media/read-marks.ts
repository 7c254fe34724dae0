/** Runs actions after all datagrams received so far: libuv reads a few datagrams at a time, with WebSocket messages in between. */
import { Subscription, type SchedulerLike } from 'rxjs';

/** ms until a mark is sent again: one that finds the queue full is lost like any datagram. */
const AGAIN_MS = 100;
const MARK_BYTES = 4;

/**
 * Puts marks into a socket's receive queue by sending them to itself: each is read after all datagrams that arrived before it. A mark is its number,
 * u32; an action runs when its mark or a later one is read.
 *
 *     datagrams  a a a a a a a a|
 *     close      ----c
 *     read       -a-a-a-a-a-a-a-a-m
 *     behind     -----------------c
 */
export class ReadMarks {
  readonly #waiting: (() => void)[] = [];
  /** The number of the last mark that was read; the waiting actions have the numbers after it. */
  #read = 0;
  #again = Subscription.EMPTY;

  constructor(
    private readonly send: (mark: Uint8Array) => void,
    private readonly scheduler: SchedulerLike,
  ) {}

  /** Runs the action later, never synchronously. */
  behind(act: () => void): void {
    this.#waiting.push(act);
    this.#send();
  }

  /** A mark was read. */
  came(mark: Buffer): void {
    const number = mark.length === MARK_BYTES ? mark.readUInt32BE(0) : 0;
    while (this.#waiting.length > 0 && this.#read < number) this.#next();
    if (this.#waiting.length === 0) this.#again.unsubscribe();
  }

  /** The socket is closed: the waiting actions run now. */
  end(): void {
    while (this.#waiting.length > 0) this.#next();
    this.#again.unsubscribe();
  }

  #next(): void {
    this.#read += 1;
    this.#waiting.shift()!();
  }

  #send(): void {
    const mark = Buffer.allocUnsafe(MARK_BYTES);
    mark.writeUInt32BE(this.#read + this.#waiting.length);
    this.#again.unsubscribe();
    this.#again = this.scheduler.schedule(() => this.#send(), AGAIN_MS);
    this.send(mark);
  }
}
