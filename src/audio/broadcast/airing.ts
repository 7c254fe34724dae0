/** One reading of a broadcast, from its first listener to its end, with all its listeners. */
import type { FrameInput, ResolvedReadOptions } from '../../frames/frame-input.js';
import { PENDING, type FrameQueue, type QueueItem } from '../../frames/frame-queue.js';
import { SharedReading } from './shared-reading.js';

/** The callbacks of an airing. */
export interface AiringEvents {
  /** A listener fell behind, and missed this many frames. */
  readonly missed: (frames: number) => void;
  /** A listener joined or left. */
  readonly changed: () => void;
  /** Frames are available; there may be no listener. */
  readonly readable: () => void;
}

export class Airing {
  readonly reading: SharedReading;
  readonly #listeners = new Set<Listener>();
  readonly #events: AiringEvents;

  constructor(frames: FrameInput, keep: number, read: ResolvedReadOptions, events: AiringEvents) {
    this.#events = events;
    this.reading = new SharedReading(frames, keep, { ...read, onReadable: () => this.#readable() });
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Joins at the current frame; if nobody listens, at the next one. */
  join(onReadable: () => void): FrameQueue {
    const { head } = this.reading;
    const listener = new Listener(this, this.#listeners.size > 0 ? Math.max(0, head - 1) : head, onReadable);
    this.#listeners.add(listener);
    this.#events.changed();
    return listener;
  }

  leave(listener: Listener): void {
    if (this.#listeners.delete(listener)) this.#events.changed();
  }

  missed(frames: number): void {
    this.#events.missed(frames);
  }

  #readable(): void {
    // A listener that is woken may leave, or bring in others.
    for (const listener of [...this.#listeners]) listener.wake(this.reading.overflow !== undefined);
    this.#events.readable();
  }
}

class Listener implements FrameQueue {
  readonly #airing: Airing;
  readonly #onReadable: () => void;
  /** The number of the next frame for this listener. */
  #next: number;
  #starving = false;

  constructor(airing: Airing, next: number, onReadable: () => void) {
    this.#airing = airing;
    this.#next = next;
    this.#onReadable = onReadable;
  }

  get overflow(): unknown {
    return this.#airing.reading.overflow;
  }

  read(): QueueItem {
    const { reading } = this.#airing;
    if (this.#next < reading.tail) {
      const live = reading.head - 1;
      this.#airing.missed(live - this.#next);
      this.#next = live;
    }
    const item = reading.read(this.#next);
    this.#starving = item === PENDING;
    if (typeof item !== 'symbol') this.#next += 1;
    return item;
  }

  wake(anyway: boolean): void {
    if (!this.#starving && !anyway) return;
    this.#starving = false;
    this.#onReadable();
  }

  close(): void {
    this.#airing.leave(this);
  }
}
