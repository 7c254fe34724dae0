/** Buffers an Observable, which pushes at its own pace, in a bounded ring. */
import { Subscription, takeWhile, type Observable } from 'rxjs';
import { insulated } from '../edge.js';
import { FrameOverflowError } from '../errors.js';
import type { ResolvedReadOptions } from './frame-input.js';
import type { FrameQueue, QueueOptions, QueueItem } from './frame-queue.js';
import { QueueEnd } from './queue-end.js';
import { Ring } from './ring.js';

/** The size that every frame counts at least, so that any number of empty frames is limited too. */
const LEAST_BYTES = 64;

export class ObservableFrameQueue implements FrameQueue {
  readonly #ring: Ring<unknown>;
  readonly #options: ResolvedReadOptions;
  readonly #end: QueueEnd;
  #subscription = Subscription.EMPTY;
  #bytes = 0;

  constructor(input: Observable<unknown>, options: QueueOptions) {
    this.#ring = new Ring(options.whenBehind === 'wait' ? Infinity : Math.max(1, options.buffer.frames));
    this.#options = options;
    this.#end = new QueueEnd(options.onReadable);
    // An overflow within a synchronous source must stop it before there is a subscription to unsubscribe.
    this.#subscription = insulated(input).pipe(takeWhile(() => !this.#end.over)).subscribe({
      next: (frame) => this.#push(frame),
      error: (error: unknown) => this.#end.end({ error }),
      complete: () => this.#end.end({}),
    });
  }

  get overflow(): unknown {
    return this.#end.overflow;
  }

  read(): QueueItem {
    if (this.#ring.length > 0) {
      const frame = this.#ring.shift();
      this.#bytes -= bytesOf(frame);
      return frame;
    }
    return this.#end.read();
  }

  close(): void {
    this.#end.close();
    this.#ring.clear();
    this.#subscription.unsubscribe();
  }

  #push(frame: unknown): void {
    if (this.#end.over || !this.#makesRoom(frame)) return;
    this.#bytes += bytesOf(frame);
    this.#ring.push(frame);
    this.#end.wake();
  }

  /** Whether a frame may wait, possibly after another one was dropped for it. */
  #makesRoom(frame: unknown): boolean {
    const { buffer, whenBehind } = this.#options;
    if (whenBehind === 'wait') {
      if (this.#bytes + bytesOf(frame) <= buffer.bytes) return true;
      this.#overflow(new FrameOverflowError(buffer.bytes, 'bytes'));
      return false;
    }
    if (!this.#ring.full) return true;
    switch (buffer.overflow) {
      case 'drop-newest':
        return false;
      case 'drop-oldest':
        this.#bytes -= bytesOf(this.#ring.shift());
        return true;
      case 'error':
      default:
        this.#overflow(new FrameOverflowError(this.#ring.capacity));
        return false;
    }
  }

  /** Reported at once, not after the buffered minute: the user should hear of a mistake early. */
  #overflow(error: FrameOverflowError): void {
    this.#ring.clear();
    this.#end.overflown(error);
    this.#subscription.unsubscribe();
  }
}

function bytesOf(frame: unknown): number {
  return frame instanceof Uint8Array ? Math.max(LEAST_BYTES, frame.byteLength) : LEAST_BYTES;
}
