/** Buffers an Observable, which pushes at its own pace, in a bounded ring. */
import { Subscription, takeWhile, type Observable } from 'rxjs';
import { FrameOverflowError } from '../../errors.js';
import { END, PENDING, type FrameQueue, type QueueOptions, type QueueItem } from './frame-queue.js';
import type { PlayBuffer } from './play-options.js';
import { Ring } from './ring.js';

export class ObservableFrameQueue implements FrameQueue {
  readonly #ring: Ring<unknown>;
  readonly #overflow: PlayBuffer['overflow'];
  readonly #onReadable: () => void;
  #subscription = Subscription.EMPTY;
  #starving = false;
  #over = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(input: Observable<unknown>, { buffer, onReadable }: QueueOptions) {
    this.#ring = new Ring(Math.max(1, buffer.frames));
    this.#overflow = buffer.overflow;
    this.#onReadable = onReadable;
    // An overflow within a synchronous source must stop it before there is a subscription to unsubscribe.
    this.#subscription = input.pipe(takeWhile(() => !this.#over)).subscribe({
      next: (frame) => this.#push(frame),
      error: (error: unknown) => this.#end({ error }),
      complete: () => this.#end(undefined),
    });
  }

  read(): QueueItem {
    if (this.#ring.length > 0) return this.#ring.shift();
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#over) return END;
    this.#starving = true;
    return PENDING;
  }

  close(): void {
    this.#over = true;
    this.#ring.clear();
    this.#subscription.unsubscribe();
  }

  #push(frame: unknown): void {
    if (this.#over) return;
    if (this.#ring.full) {
      switch (this.#overflow) {
        case 'drop-newest':
          return;
        case 'drop-oldest':
          this.#ring.shift();
          break;
        case 'error':
        default:
          // At once, not after the minute that is buffered: the sooner a mistake is heard of, the better.
          this.#ring.clear();
          this.#end({ error: new FrameOverflowError(this.#ring.capacity) });
          this.#subscription.unsubscribe();
          return;
      }
    }
    this.#ring.push(frame);
    this.#wake();
  }

  #end(failure: { readonly error: unknown } | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#failure = failure;
    this.#wake();
  }

  #wake(): void {
    if (!this.#starving) return;
    this.#starving = false;
    this.#onReadable();
  }
}
