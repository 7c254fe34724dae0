/** The far side of a play: the frames of the home side, asked for ahead of the clock, which is here. */
import { FrameOverflowError } from '../errors.js';
import { END, PENDING, type FrameQueue, type QueueItem, type QueueOptions } from '../frames/frame-queue.js';
import { frameStream, type FrameStream } from '../frames/frame-stream.js';
import { FRAME_MS } from '../protocol/silence.js';
import { unpackFrames, type FrameBatch, type PausedNews } from './frame-batch.js';
import type { Sink, Subscribed } from './peer.js';

/** Subscribes to the frames of a play. */
type Subscribe = (sink: Sink, begun: (subscribed: Subscribed) => void) => void;

/** What `session.play` is given on the far side. */
export function inlet(subscribe: Subscribe, ahead: number): FrameStream {
  return frameStream((options) => new FrameInlet(subscribe, ahead, options));
}

/** Of what is read ahead, the share that is asked for at a time. */
const SHARE = 0.2;
/** Of what is read ahead, the share that may be played before the home side hears that there is room for more: the rest bridges the time until that has come. */
const PATIENCE = 0.4;

class FrameInlet implements FrameQueue {
  overflow: unknown;
  paused = false;
  readonly #ahead: number;
  readonly #onReadable: () => void;
  #frames: Uint8Array[] = [];
  #next = 0;
  /** Asked for, and not here yet. */
  #asked = 0;
  #end: { readonly error?: unknown } | undefined;
  #starving = false;
  #subscribed: Subscribed | undefined;

  constructor(subscribe: Subscribe, ahead: number, { onReadable }: QueueOptions) {
    this.#ahead = ahead;
    this.#onReadable = onReadable;
    const sink: Sink = {
      next: (news) => this.#arrived(news as FrameBatch | PausedNews),
      error: (error) => this.#ended({ error }),
      complete: () => this.#ended({}),
    };
    subscribe(sink, (subscribed) => (this.#subscribed = subscribed));
    this.#ask(this.#ahead, 0);
  }

  read(): QueueItem {
    if (this.overflow !== undefined) throw this.overflow;
    if (this.#next === this.#frames.length && this.#asked === 0) this.#ask(1, 0);
    const frame = this.#frames[this.#next];
    if (frame !== undefined) {
      this.#next += 1;
      this.#askAhead();
      return frame;
    }
    const end = this.#end;
    if (end === undefined) {
      this.#starving = true;
      return PENDING;
    }
    if ('error' in end) throw end.error;
    return END;
  }

  close(): void {
    this.#frames = [];
    this.#next = 0;
    this.#subscribed?.unsubscribe();
  }

  /** What has been played makes room for as much; it is not worth asking for each. */
  #askAhead(): void {
    const room = this.#ahead - (this.#frames.length - this.#next) - this.#asked;
    if (room > 0 && room >= this.#ahead * SHARE) this.#ask(room, this.#ahead * FRAME_MS * PATIENCE);
  }

  #ask(frames: number, patience: number): void {
    if (this.#end !== undefined || frames === 0) return;
    this.#asked += frames;
    this.#subscribed?.demand(frames, patience);
  }

  #arrived(batch: FrameBatch | PausedNews): void {
    this.paused = 'paused' in batch;
    // Told again, since it is for another reason now that there is no frame.
    if ('paused' in batch) return this.#wake();
    const frames = unpackFrames(batch);
    this.#asked -= frames.length;
    this.#frames = this.#next === this.#frames.length ? frames : [...this.#frames.slice(this.#next), ...frames];
    this.#next = 0;
    this.#wake();
  }

  #ended(end: { readonly error?: unknown }): void {
    this.#end = end;
    if (!(end.error instanceof FrameOverflowError)) return this.#wake();
    this.overflow = end.error;
    this.#frames = [];
    this.#next = 0;
    this.#onReadable();
  }

  #wake(): void {
    if (!this.#starving) return;
    this.#starving = false;
    this.#onReadable();
  }
}
