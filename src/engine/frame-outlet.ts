/** The home side of a play: reads the user's frames as the far side asks for them. */
import { InvalidFrameError } from '../errors.js';
import { END, PENDING, type FrameQueue } from '../media/send/frame-queue.js';
import { notBytes } from '../media/send/playback.js';
import { packFrames } from './frame-batch.js';
import type { Production, Sink } from './peer.js';

export class FrameOutlet implements Production {
  readonly #sink: Sink;
  readonly #queue: FrameQueue;
  /** How many more the far side takes. */
  #credit = 0;
  /** How many were read. */
  #frames = 0;
  #reading = false;
  #closed = false;

  /** @param open opens the source; what it throws fails the play */
  constructor(sink: Sink, open: (onReadable: () => void) => FrameQueue) {
    this.#sink = sink;
    let opened = false;
    this.#queue = open(() => {
      if (opened) this.#readable();
    });
    opened = true;
    // An Observable may have outrun its buffer within its subscription.
    this.#readable();
  }

  demand(frames: number): void {
    this.#credit += frames;
    this.#read();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.close();
  }

  #readable(): void {
    // Told at once: nothing of the source is to be played any more.
    const overflow = this.#closed ? undefined : this.#queue.overflow;
    if (overflow === undefined) this.#read();
    else this.#finish(() => this.#sink.error(overflow));
  }

  #read(): void {
    // A source may be asked, and answer, within its own answer.
    if (this.#reading || this.#closed) return;
    this.#reading = true;
    const batch: Uint8Array[] = [];
    let last: (() => void) | undefined;
    while (this.#credit > 0 && last === undefined) {
      let frame: unknown;
      try {
        frame = this.#queue.read();
        if (frame === PENDING) break;
        if (frame !== END && !(frame instanceof Uint8Array)) throw new InvalidFrameError(this.#frames, notBytes(frame));
      } catch (error) {
        last = () => this.#sink.error(error);
        break;
      }
      if (frame === END) last = () => this.#sink.complete();
      else {
        batch.push(frame as Uint8Array);
        this.#frames += 1;
        this.#credit -= 1;
      }
    }
    this.#reading = false;
    if (batch.length > 0 && !this.#closed) this.#sink.next(packFrames(batch));
    if (last !== undefined) this.#finish(last);
  }

  #finish(tell: () => void): void {
    if (this.#closed) return;
    this.close();
    tell();
  }
}
