/** Checks one play: every frame that was sent must be heard once, and unchanged. */
import type { OpusFrame, VoicePacket } from '../../types.js';

export interface Accounts {
  readonly sent: number;
  readonly arrived: number;
  /** Sent, but not heard. */
  readonly lost: number;
  /** Heard, but not as sent, or more than once. */
  readonly differing: number;
  /** When each frame was heard, ms. */
  readonly arrivals: readonly number[];
}

export class Accounting {
  /** Sent frames that were not heard yet, by RTP sequence: only those in flight, however long the song. */
  readonly #inFlight = new Map<number, OpusFrame>();
  /** Packets heard before `sent` was called for their sequence, and the silence after the song, for which it never is. */
  readonly #early = new Map<number, { readonly packet: VoicePacket; readonly at: number }>();
  /** Frames read from the song and not sent yet. */
  readonly #read: OpusFrame[] = [];
  readonly #arrivals: number[] = [];
  #sent = 0;
  #differing = 0;
  #last: number | undefined;

  /** Passes the frames on, and remembers them. */
  async *note(frames: AsyncIterable<OpusFrame>): AsyncGenerator<OpusFrame> {
    for await (const frame of frames) {
      this.#read.push(frame);
      yield frame;
    }
  }

  /** A frame was sent with this RTP sequence. With an engine, it may already have been heard. */
  sent(sequence: number): void {
    this.#sent += 1;
    const frame = this.#read.shift();
    if (frame === undefined) return;
    this.#inFlight.set(sequence, frame);
    const early = this.#early.get(sequence);
    if (early === undefined) return;
    this.#early.delete(sequence);
    this.heard(early.packet, early.at);
  }

  /** A packet was heard at `now` (ms): a frame of the song, or the silence after it. */
  heard(packet: VoicePacket, now: number): void {
    const { sequence, frame } = packet;
    const expected = this.#inFlight.get(sequence);
    if (expected === undefined) {
      if (sequence === this.#last || this.#early.has(sequence)) this.#differing += 1;
      else this.#early.set(sequence, { packet, at: now });
      return;
    }
    this.#inFlight.delete(sequence);
    this.#last = sequence;
    this.#arrivals.push(now);
    if (Buffer.compare(expected, frame) !== 0) this.#differing += 1;
  }

  get accounts(): Accounts {
    return {
      sent: this.#sent,
      arrived: this.#arrivals.length,
      lost: this.#inFlight.size,
      differing: this.#differing,
      arrivals: this.#arrivals,
    };
  }
}
