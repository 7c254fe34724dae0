/** The home side of a play: reads the user's frames as the far side asks for them. */
import { InvalidFrameError } from '../errors.js';
import { END, PENDING, type FrameQueue } from '../frames/frame-queue.js';
import { frameSamples } from './frame-samples.js';
import type { Stock } from './held.js';
import { SAMPLES_PER_MS } from '../protocol/silence.js';
import { notBytes } from '../media/send/playback.js';
import type { PausedNews } from './frame-batch.js';
import type { FarSink, Production } from './sink.js';

/**
 * Keeps what it has given until that is known to be sent: a far side that is lost takes none of it along, since the next one, to which it is
 * attached then, is given it again.
 */
export class FrameOutlet {
  readonly #ahead: number;
  readonly #queue: FrameQueue;
  #sink: FarSink | undefined;
  /** How many more the far side takes. */
  #credit = 0;
  /** Read and not known to be sent, the oldest first. */
  #kept: Uint8Array[] = [];
  /** How many of them this far side was given. */
  #given = 0;
  /** How many were read in all. */
  #frames = 0;
  /** The source has ended, or failed: to be told behind the last frame. */
  #end: ((sink: FarSink) => void) | undefined;
  /** Whether this far side knows that the source is paused. */
  #paused = false;
  #reading = false;
  #closed = false;

  /**
   * @param ahead how many frames a far side reads ahead of its clock: it has sent all but so many of those that it was given
   * @param open opens the source; what it throws fails the play
   */
  constructor(ahead: number, open: (onReadable: () => void) => FrameQueue) {
    this.#ahead = ahead;
    let opened = false;
    this.#queue = open(() => {
      if (opened) this.#readable();
    });
    opened = true;
    // An Observable may have outrun its buffer within its subscription.
    this.#readable();
  }

  /** From now on it is this far side that is given frames, beginning with those that the one before has not sent. */
  attach(sink: FarSink): Production {
    this.#sink = sink;
    this.#credit = 0;
    this.#given = 0;
    this.#paused = false;
    const own = (): boolean => this.#sink === sink;
    return {
      demand: (frames) => {
        if (!own()) return;
        this.#credit += frames;
        this.#forget(this.#given - this.#ahead);
        this.#read();
      },
      close: () => {
        if (own()) this.#sink = undefined;
      },
    };
  }

  /** The far side has sent the oldest. Gives it: undefined where it was known already. */
  sent(): Uint8Array | undefined {
    this.#given = Math.max(0, this.#given - 1);
    return this.#kept.shift();
  }

  /** What the far side was given, and is not known to have sent; undefined where it needs no more, since the end was told with it. */
  get stock(): Stock | undefined {
    if (this.#end !== undefined && this.#given === this.#kept.length) return undefined;
    const given = this.#kept.slice(0, this.#given);
    return { frames: given.length, ms: given.reduce((sum, frame) => sum + frameSamples(frame), 0) / SAMPLES_PER_MS };
  }

  /** Lets go of the source. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sink = undefined;
    this.#kept = [];
    this.#queue.close();
  }

  #forget(frames: number): void {
    if (frames <= 0) return;
    this.#kept.splice(0, frames);
    this.#given = Math.max(0, this.#given - frames);
  }

  #readable(): void {
    if (this.#closed) return;
    const { overflow } = this.#queue;
    if (overflow === undefined) return this.#read();
    // Told at once: nothing of the source is to be played any more.
    this.#end = (sink) => sink.error(overflow);
    this.#kept = [];
    this.#given = 0;
    this.#read();
  }

  #read(): void {
    // A source may be asked, and answer, within its own answer.
    if (this.#reading || this.#closed || this.#sink === undefined) return;
    this.#reading = true;
    const batch: Uint8Array[] = [];
    while (this.#credit > 0) {
      const frame = this.#kept[this.#given] ?? this.#next();
      if (frame === undefined) break;
      batch.push(frame);
      this.#given += 1;
      this.#credit -= 1;
    }
    this.#reading = false;
    const sink = this.#sink;
    if (sink === undefined || this.#closed) return;
    if (batch.length > 0) {
      this.#paused = false;
      sink.frames(batch);
    }
    const paused = this.#credit > 0 && this.#end === undefined && this.#queue.paused === true;
    if (paused && !this.#paused) {
      this.#paused = true;
      sink.next({ paused: true } satisfies PausedNews);
    }
    if (this.#end === undefined || this.#given < this.#kept.length) return;
    const end = this.#end;
    this.#queue.close();
    end(sink);
  }

  /** The next frame of the source, which is kept; undefined where there is none for now, or any more. */
  #next(): Uint8Array | undefined {
    if (this.#end !== undefined) return undefined;
    try {
      const frame = this.#queue.read();
      if (frame === PENDING) return undefined;
      if (frame !== END) {
        if (!(frame instanceof Uint8Array)) throw new InvalidFrameError(this.#frames, notBytes(frame));
        this.#frames += 1;
        this.#kept.push(frame);
        return frame;
      }
      this.#end = (sink) => sink.complete();
    } catch (error) {
      this.#end = (sink) => sink.error(error);
    }
    return undefined;
  }
}
