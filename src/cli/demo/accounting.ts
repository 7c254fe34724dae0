/** The books of one play: every frame that was sent must be heard, once, and as it was. */
import type { OpusFrame, VoicePacket } from '../../types.js';

export interface Accounts {
  readonly sent: number;
  readonly arrived: number;
  /** Sent and not heard. */
  readonly lost: number;
  /** Heard, but not as it was sent, or more than once. */
  readonly differing: number;
  /** When each frame was heard, ms. */
  readonly arrivals: readonly number[];
}

export class Accounting {
  /** Frames on their way, by RTP sequence: as many as are in flight, however long the song. */
  readonly #inFlight = new Map<number, OpusFrame>();
  /** Packets that came before it was known what was sent with their sequence, and the silence after the song, which never is. */
  readonly #early = new Map<number, { readonly packet: VoicePacket; readonly at: number }>();
  /** Frames read from the song and not sent yet. */
  readonly #read: OpusFrame[] = [];
  readonly #arrivals: number[] = [];
  #sent = 0;
  #differing = 0;
  #last: number | undefined;

  /** The same frames, remembered. */
  async *note(frames: AsyncIterable<OpusFrame>): AsyncGenerator<OpusFrame> {
    for await (const frame of frames) {
      this.#read.push(frame);
      yield frame;
    }
  }

  /** A frame was sent with this RTP sequence. With an engine it may have been heard before this is told. */
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

  /** A packet was heard at `now` (ms): one of the song's frames, or the silence after them. */
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
