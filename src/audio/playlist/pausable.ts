/** Frames that can be paused. */
import { Subscription, type Observable } from 'rxjs';
import { fields, must } from '../../checks/check.js';
import { holdBack, insulated } from '../../edge.js';
import { VoiceOptionsError } from '../../errors.js';
import { PENDING, type FrameQueue, type QueueItem, type QueueOptions } from '../../frames/frame-queue.js';
import { frameStream } from '../../frames/frame-stream.js';
import type { FrameOperator } from './operator.js';
import { kept, reopened, type Pausable } from './reopened.js';
import { isSeekable } from './seekable.js';

/** How a source is paused. */
export interface PausableOptions {
  /**
   * Whether the source is closed at each pause, and opened again at its position afterwards, which takes time: for pauses that are longer
   * than a server waits. Only for seekable sources. Default false: the source stays open, and is not read.
   */
  readonly release?: boolean;
}

const check = fields({ release: must('true or false', (value) => typeof value === 'boolean') });

/**
 * Pauses frames while the last value of `by$` is true. A pause takes effect at the next frame: five frames of silence follow, then nothing is
 * sent; the play emits `paused`. During a pause nothing of the source is lost or read, and unsubscribing releases it as usual. A source that
 * starts paused is not opened before the pause ends. Before the first value of `by$`, and after `by$` has completed, the frames are not
 * paused (after completion: whatever its last value). An error of `by$` is an error of the frames.
 *
 * ```
 * by$      ----t-----f---        t: paused, f: goes on
 * frames   a-b-c-d-e-f…          as the clock would ask for them
 * result   a-b-sssss-c-d-e-f     s: silence
 * ```
 *
 * Make it the outermost operator: an operator around it may read ahead, which delays the pause by as much.
 *
 * @throws VoiceOptionsError for a wrong option; and, when it is called with frames, if these cannot be released as `options` say
 */
export function pausable(by$: Observable<boolean>, options: PausableOptions = {}): FrameOperator {
  check('', options);
  const { release = false } = options;
  return (frames) => {
    holdBack(frames);
    if (!release) return frameStream((read) => new PausableQueue(kept(frames), by$, read));
    if (isSeekable(frames)) return frameStream((read) => new PausableQueue(reopened(frames), by$, read));
    const takes = 'source() of a path, a URL, bytes or a function';
    throw new VoiceOptionsError('release', `is for sources that can be opened anew at a place: ${takes}`);
  };
}

class PausableQueue implements FrameQueue {
  readonly #frames: Pausable;
  readonly #options: QueueOptions;
  readonly #onReadable: () => void;
  #source: FrameQueue | undefined;
  #by = Subscription.EMPTY;
  #paused = false;
  #closed = false;
  #starving = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(frames: Pausable, by$: Observable<boolean>, options: QueueOptions) {
    this.#frames = frames;
    this.#onReadable = options.onReadable;
    this.#options = { ...options, onReadable: () => this.#readable() };
    this.#by = insulated(by$).subscribe({
      next: (paused) => this.#pause(paused),
      error: (error: unknown) => this.#fail(error),
    });
    if (this.#paused) return;
    try {
      this.#open();
    } catch (error) {
      this.#by.unsubscribe();
      throw error;
    }
  }

  get paused(): boolean {
    return this.#paused;
  }

  get overflow(): unknown {
    return this.#source?.overflow;
  }

  read(): QueueItem {
    if (this.#failure !== undefined) throw this.#failure.error;
    const item = this.#paused && this.overflow === undefined ? PENDING : this.#source?.read();
    this.#starving = item === PENDING;
    if (typeof item !== 'symbol') this.#frames.heard?.(item);
    return item;
  }

  close(): void {
    this.#closed = true;
    this.#by.unsubscribe();
    this.#source?.close();
  }

  #open(): void {
    this.#source ??= this.#frames.open(this.#options);
    // Closed by its own code while it was opened.
    if (this.#closed) this.#source.close();
  }

  #pause(paused: boolean): void {
    this.#paused = paused;
    if (paused && this.#frames.heard !== undefined) {
      this.#source?.close();
      this.#source = undefined;
    }
    // The first call comes from within the constructor, which opens the source itself.
    if (paused || this.#by === Subscription.EMPTY) return;
    try {
      this.#open();
    } catch (error) {
      this.#fail(error);
    }
    this.#wake();
  }

  #readable(): void {
    const over = this.overflow !== undefined;
    if (over || !this.#paused) this.#wake(over);
  }

  #fail(error: unknown): void {
    this.#failure = { error };
    this.#wake();
  }

  #wake(anyway = false): void {
    if (!this.#starving && !anyway) return;
    this.#starving = false;
    this.#onReadable();
  }
}
