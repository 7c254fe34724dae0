/** The home side of a play: reads the user's frames as the far side requests them. */
import { InvalidFrameError } from '../errors.js';
import { END, PENDING, type FrameQueue } from '../frames/frame-queue.js';
import { frameSamples } from './frame-samples.js';
import type { Stock } from './held.js';
import { SAMPLES_PER_MS } from '../protocol/silence.js';
import { notBytes } from '../media/send/playback.js';
import type { PausedNews } from './frame-batch.js';
import type { FarSink, Production } from './sink.js';

/**
 * Keeps the frames that it has handed out until they are known to be sent: if a far side is lost, no frame is lost with it, because the next far
 * side, to which the outlet is then attached, gets them again.
 */
export class FrameOutlet {
  readonly #ahead: number;
  readonly #queue: FrameQueue;
  #sink: FarSink | undefined;
  /** How many more frames the far side accepts. */
  #credit = 0;
  /** Frames that were read and are not known to be sent, oldest first. */
  #kept: Uint8Array[] = [];
  /** How many of them this far side has received. */
  #given = 0;
  /** The number of frames read in total. */
  #frames = 0;
  /** Set when the source has ended or failed: reported after the last frame. */
  #end: ((sink: FarSink) => void) | undefined;
  /** Whether this far side knows that the source is paused. */
  #paused = false;
  #reading = false;
  #closed = false;

  /**
   * @param ahead how many frames a far side reads ahead of its clock: of the frames it has received, it has sent all but this many
   * @param open opens the source; an exception fails the play
   */
  constructor(ahead: number, open: (onReadable: () => void) => FrameQueue) {
    this.#ahead = ahead;
    let opened = false;
    this.#queue = open(() => {
      if (opened) this.#readable();
    });
    opened = true;
    // An Observable may have filled its buffer during its subscription.
    this.#readable();
  }

  /** From now on this far side gets the frames, starting with those that the previous one has not sent. */
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

  /** The far side has sent the oldest frame. Returns it; undefined if that was already known. */
  sent(): Uint8Array | undefined {
    this.#given = Math.max(0, this.#given - 1);
    return this.#kept.shift();
  }

  /** What the far side has received and is not known to have sent; undefined if it needs no more, because it also knows the end. */
  get stock(): Stock | undefined {
    if (this.#end !== undefined && this.#given === this.#kept.length) return undefined;
    const given = this.#kept.slice(0, this.#given);
    return { frames: given.length, ms: given.reduce((sum, frame) => sum + frameSamples(frame), 0) / SAMPLES_PER_MS };
  }

  /** Releases the source. */
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
    // Reported at once: nothing more of the source may be played.
    this.#end = (sink) => sink.error(overflow);
    this.#kept = [];
    this.#given = 0;
    this.#read();
  }

  #read(): void {
    // Guards against reentrance: a source may call back while it is being read.
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

  /** Reads and keeps the next frame of the source; undefined if there is none for now, or the source has ended. */
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
