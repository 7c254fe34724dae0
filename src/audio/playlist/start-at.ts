/** Frames from a position on. */
import { holdBack } from '../../edge.js';
import type { FrameInput } from '../../frames/frame-input.js';
import { END, PENDING, type FrameQueue, type QueueItem, type QueueOptions } from '../../frames/frame-queue.js';
import { frameStream } from '../../frames/frame-stream.js';
import { openQueue } from '../../frames/open-queue.js';
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { FrameOperator } from './operator.js';
import { isSeekable } from './seekable.js';

/**
 * Starts with the frame that contains the position `ms`. A seekable source (`source(path)`) seeks. Of any other source, the frames before the
 * position are read, as fast as they come, and discarded. After the end of the source there are no frames.
 *
 * ```
 * frames        a-b-c-d-e-|      20 ms apart
 * startAt(45)   c-d-e-|
 * ```
 *
 * @throws RangeError for a negative number, or something that is not a number
 */
export function startAt(ms: number): FrameOperator {
  if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) throw new RangeError(`frames start at 0 or more milliseconds, and not at ${ms}`);
  return (frames) => {
    holdBack(frames);
    return frameStream((options) =>
      isSeekable(frames) ? openQueue(frames.from(frames.start + ms), options) : new LaterQueue(frames, ms, options),
    );
  };
}

class LaterQueue implements FrameQueue {
  readonly #source: FrameQueue;
  readonly #onReadable: () => void;
  /** Samples still to be discarded. */
  #before: number;
  #starving = false;
  /** The item that was read ahead, and not requested yet. */
  #next: QueueItem = PENDING;
  #failure: { readonly error: unknown } | undefined;

  constructor(frames: FrameInput, ms: number, options: QueueOptions) {
    this.#before = Math.round(ms * SAMPLES_PER_MS);
    this.#onReadable = options.onReadable;
    this.#source = openQueue(frames, { ...options, onReadable: () => this.#readable() });
  }

  get overflow(): unknown {
    return this.#source.overflow;
  }

  read(): QueueItem {
    if (this.#next === PENDING && this.#failure === undefined) this.#advance();
    if (this.#failure !== undefined) throw this.#failure.error;
    const item = this.#next;
    this.#next = item === END ? END : PENDING;
    this.#starving = item === PENDING;
    return item;
  }

  close(): void {
    this.#source.close();
  }

  /** Discards at once, not only when the clock asks: ten frames per tick would take too long for an hour of frames. */
  #readable(): void {
    if (this.#next === PENDING && this.#failure === undefined) this.#advance();
    if (this.overflow === undefined && (!this.#starving || (this.#next === PENDING && this.#failure === undefined))) return;
    this.#starving = false;
    this.#onReadable();
  }

  /** Reads up to the first frame to be heard, or until no more is available. */
  #advance(): void {
    try {
      do this.#next = this.#source.read();
      while (this.#isBefore(this.#next));
    } catch (error) {
      this.#failure = { error };
    }
  }

  #isBefore(item: QueueItem): boolean {
    if (this.#before <= 0 || !(item instanceof Uint8Array)) return false;
    const samples = opusPacketSamples(item);
    // An invalid frame is left for its reader to refuse.
    const isBefore = typeof samples === 'number' && samples <= this.#before;
    this.#before = isBefore ? this.#before - samples : 0;
    return isBefore;
  }
}
