/** The far side of a play: the frames of the home side, asked for ahead of the clock, which is here. */
import { FrameOverflowError } from '../errors.js';
import { END, PENDING, type FrameQueue, type QueueItem, type QueueOptions } from '../frames/frame-queue.js';
import { frameStream, type FrameStream } from '../frames/frame-stream.js';
import { unpackFrames, type FrameBatch, type PausedNews } from './frame-batch.js';
import type { Sink, Subscribed } from './peer.js';

/** Subscribes to the frames of a play. */
type Subscribe = (sink: Sink, begun: (subscribed: Subscribed) => void) => void;

/** What `session.play` is given on the far side. */
export function inlet(subscribe: Subscribe, ahead: number): FrameStream {
  return frameStream((options) => new FrameInlet(subscribe, ahead, options));
}

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
    this.#ask(0);
  }

  read(): QueueItem {
    if (this.overflow !== undefined) throw this.overflow;
    if (this.#next === this.#frames.length) this.#ask(1);
    const frame = this.#frames[this.#next];
    if (frame !== undefined) {
      this.#next += 1;
      this.#ask(0);
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

  /** Half of what is read ahead is asked for at a time: few messages, each of many frames. `least` is asked for in any case. */
  #ask(least: number): void {
    if (this.#end !== undefined) return;
    const here = this.#frames.length - this.#next + this.#asked;
    const wanted = here * 2 <= this.#ahead ? this.#ahead - here : 0;
    const frames = here >= Math.max(least, 1) ? wanted : Math.max(wanted, least);
    if (frames <= 0) return;
    this.#asked += frames;
    this.#subscribed?.demand(frames);
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
