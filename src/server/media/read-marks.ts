/** What is to happen behind the datagrams that have come so far: libuv reads a few at a time, and messages of WebSockets in between. */
import { Subscription, type SchedulerLike } from 'rxjs';

/** ms until a mark is sent anew: one that finds no room in the queue is lost like any datagram. */
const AGAIN_MS = 100;
const MARK_BYTES = 4;

/**
 * Marks in the queue of a socket, which the socket sends to itself: each is read behind all that came before it. A mark is its number,
 * u32; what waits for one happens when that or a later one is read.
 *
 *     datagrams  a a a a a a a a|
 *     close      ----c
 *     read       -a-a-a-a-a-a-a-a-m
 *     behind     -----------------c
 */
export class ReadMarks {
  readonly #waiting: (() => void)[] = [];
  /** Of the mark that was read last; those that wait have the numbers behind it. */
  #read = 0;
  #again = Subscription.EMPTY;

  constructor(
    private readonly send: (mark: Uint8Array) => void,
    private readonly scheduler: SchedulerLike,
  ) {}

  /** Never at once. */
  behind(act: () => void): void {
    this.#waiting.push(act);
    this.#send();
  }

  /** A mark is read. */
  came(mark: Buffer): void {
    const number = mark.length === MARK_BYTES ? mark.readUInt32BE(0) : 0;
    while (this.#waiting.length > 0 && this.#read < number) this.#next();
    if (this.#waiting.length === 0) this.#again.unsubscribe();
  }

  /** Nothing more is read: what waits happens now. */
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
