/** The far side of a play: requests frames from the home side ahead of the clock, which runs here. */
import { FrameOverflowError } from '../errors.js';
import type { FrameQueue, QueueItem, QueueOptions } from '../frames/frame-queue.js';
import { frameStream, type FrameStream } from '../frames/frame-stream.js';
import { QueueEnd, type SourceEnd } from '../frames/queue-end.js';
import { FRAME_MS } from '../protocol/silence.js';
import { FrameStore } from './frame-store.js';
import type { FrameBatch, PausedNews } from './frame-batch.js';
import type { Subscribed } from './peer.js';
import type { Sink } from './sink.js';

/** Subscribes to the frames of a play. */
type Subscribe = (sink: Sink, begun: (subscribed: Subscribed) => void) => void;

/** The input of `session.play` on the far side. */
export function inlet(subscribe: Subscribe, ahead: number): FrameStream {
  return frameStream((options) => new FrameInlet(subscribe, ahead, options));
}

/** The share of the read-ahead that is requested at a time. */
const SHARE = 0.16;
/**
 * The share of the read-ahead that may be played before the home side is told that there is room for more: the rest bridges the time until more
 * frames arrive.
 */
const PATIENCE = 0.4;

class FrameInlet implements FrameQueue {
  paused = false;
  readonly #ahead: number;
  readonly #end: QueueEnd;
  readonly #frames = new FrameStore();
  /** Requested, and not received yet. */
  #asked = 0;
  #subscribed: Subscribed | undefined;

  constructor(subscribe: Subscribe, ahead: number, { onReadable }: QueueOptions) {
    this.#ahead = ahead;
    this.#end = new QueueEnd(onReadable);
    const sink: Sink = {
      next: (news) => this.#arrived(news as FrameBatch | PausedNews),
      error: (error) => this.#ended({ error }),
      complete: () => this.#ended({}),
    };
    subscribe(sink, (subscribed) => (this.#subscribed = subscribed));
    this.#ask(this.#ahead, 0);
  }

  get overflow(): unknown {
    return this.#end.overflow;
  }

  read(): QueueItem {
    if (this.#frames.length === 0 && this.#asked === 0) this.#ask(1, 0);
    const frame = this.#frames.take();
    if (frame !== undefined) {
      this.#askAhead();
      return frame;
    }
    return this.#end.read();
  }

  close(): void {
    this.#frames.clear();
    this.#subscribed?.unsubscribe();
  }

  /** Played frames make room for more; a request for each single frame would not be worth its cost. */
  #askAhead(): void {
    const room = this.#ahead - this.#frames.length - this.#asked;
    if (room > 0 && room >= this.#ahead * SHARE) this.#ask(room, this.#ahead * FRAME_MS * PATIENCE);
  }

  #ask(frames: number, patience: number): void {
    if (this.#end.over || frames === 0) return;
    this.#asked += frames;
    this.#subscribed?.demand(frames, patience);
  }

  #arrived(batch: FrameBatch | PausedNews): void {
    this.paused = 'paused' in batch;
    // Wakes the queue again, because the reason for the missing frame has changed.
    if ('paused' in batch) return this.#end.wake();
    this.#asked -= batch.lengths.length;
    this.#frames.add(batch);
    this.#end.wake();
  }

  #ended(end: SourceEnd): void {
    if (!(end.error instanceof FrameOverflowError)) return this.#end.end(end);
    this.#frames.clear();
    this.#end.overflown(end.error);
  }
}
