/** Frames of a source that is opened before its session exists, from a position before the one where it will go on. */
import { ReplaySubject, type Observable } from 'rxjs';
import { described, type FrameDescription } from '../../frames/description.js';
import { DEFAULT_READ_OPTIONS, type FrameInput } from '../../frames/frame-input.js';
import { END, PENDING, type FrameQueue, type QueueItem } from '../../frames/frame-queue.js';
import { frameStream } from '../../frames/frame-stream.js';
import { openQueue } from '../../frames/open-queue.js';
import { frameSamples } from '../frame-samples.js';

/**
 * ```
 * source    ^--abcdefgh...          subscribed to at once
 * ready$    ---(r|)                 the first frame is there
 * frames    ----------^ef----g      from the position where it goes on: earlier frames are dropped without waiting
 * ```
 * Once played, the frames belong to the play and end with it, which can outlive the subscription that had them opened.
 */
export class OpenedAhead implements FrameQueue {
  /** Emits, and completes, when there is a frame, or it is known that there will be none. */
  readonly ready$: Observable<void>;
  readonly #ready$ = new ReplaySubject<void>(1);
  readonly #queue: FrameQueue;
  readonly #most: number;
  #kept: QueueItem[] = [];
  /** How the source ended, after the frames that are kept. */
  #end: { readonly error?: unknown } | undefined;
  /** Samples that remain to be dropped before the position where it goes on. */
  #skip = 0;
  /** Set once it is played. */
  #onReadable: (() => void) | undefined;
  #starving = false;
  #closed = false;

  /**
   * @param most the number of frames to read before it is played. 0 for sources whose frames count as played once they are read
   * @throws what opening it throws
   */
  constructor(input: FrameInput, most: number) {
    this.ready$ = this.#ready$;
    this.#most = most;
    let opened = false;
    this.#queue = openQueue(input, { ...DEFAULT_READ_OPTIONS, onReadable: () => opened && this.#readable() });
    opened = true;
    this.#pull();
  }

  get overflow(): unknown {
    return this.#queue.overflow;
  }

  get paused(): boolean {
    return this.#queue.paused === true;
  }

  /** Whether it has already failed. Opening it again may help. */
  get failed(): boolean {
    return this.#end !== undefined && 'error' in this.#end;
  }

  /**
   * The frames, to be played once.
   *
   * @param skip samples at 48 kHz from where it was opened to the position where it goes on
   * @param anew opens them from that position, for a play that begins after they were released
   * @param description describes what is played then, if possible
   */
  frames(skip: number, anew: () => FrameInput, description?: FrameDescription): FrameInput {
    this.#skip = skip;
    const stream = frameStream((options) => {
      if (this.#closed) return openQueue(anew(), options);
      this.#onReadable = options.onReadable;
      return this;
    });
    return described(stream, description);
  }

  /** Releases the frames, unless a play has taken them. */
  letGo(): void {
    if (this.#onReadable === undefined) this.close();
  }

  read(): QueueItem {
    for (;;) {
      const item = this.#next();
      if (item === PENDING) this.#starving = true;
      if (!(item instanceof Uint8Array) || this.#skip === 0) return item;
      const samples = frameSamples(item);
      // The frame that contains the position; or an invalid frame, which the play reports.
      if (samples === 0 || samples > this.#skip) {
        this.#skip = 0;
        return item;
      }
      this.#skip -= samples;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#kept = [];
    this.#queue.close();
  }

  #next(): QueueItem {
    if (this.#kept.length > 0) return this.#kept.shift();
    if (this.#end === undefined) return this.#queue.read();
    if ('error' in this.#end) throw this.#end.error;
    return END;
  }

  #readable(): void {
    if (this.#onReadable === undefined) return this.#pull();
    if (!this.#starving && this.overflow === undefined) return;
    this.#starving = false;
    this.#onReadable();
  }

  #pull(): void {
    while (this.#kept.length < this.#most && this.#end === undefined && !this.#closed) {
      const item = this.#ask();
      if (item === PENDING) break;
      if (item === END) this.#end ??= {};
      else this.#kept.push(item);
    }
    if (this.#kept.length === 0 && this.#end === undefined) return;
    this.#ready$.next();
    this.#ready$.complete();
  }

  #ask(): QueueItem {
    try {
      return this.#queue.read();
    } catch (error) {
      this.#end = { error };
      return END;
    }
  }
}
