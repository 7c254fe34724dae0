/** Frames that are opened before there is anything to play them on, and from a place before the one where they will go on. */
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
 * frames    ----------^ef----g      from the place where it goes on: what is before it is thrown away, and not waited for
 * ```
 * Whoever plays the frames has them from then on, and they end with the play: it may go on without the one who had them opened.
 */
export class OpenedAhead implements FrameQueue {
  /** Emits, and completes, when there is a frame, or it is known that there is none. */
  readonly ready$: Observable<void>;
  readonly #ready$ = new ReplaySubject<void>(1);
  readonly #queue: FrameQueue;
  readonly #most: number;
  #kept: QueueItem[] = [];
  /** What the source has come to, behind what is kept. */
  #end: { readonly error?: unknown } | undefined;
  /** Samples, until the place where it goes on. */
  #skip = 0;
  /** There when it is played. */
  #onReadable: (() => void) | undefined;
  #starving = false;
  #closed = false;

  /**
   * @param most frames that are read before it is played. 0: none, where to have read is to have played
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

  /** Whether it has failed already. To open it anew may help. */
  get failed(): boolean {
    return this.#end !== undefined && 'error' in this.#end;
  }

  /**
   * The frames, to be played once.
   *
   * @param skip samples at 48 kHz before the place where it goes on, from where it was opened
   * @param anew opens them from that place, for a play that begins only when they were let go of
   * @param description what is played then, where it can be said
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

  /** Nobody waits for them any more. What plays them goes on. */
  letGo(): void {
    if (this.#onReadable === undefined) this.close();
  }

  read(): QueueItem {
    for (;;) {
      const item = this.#next();
      if (item === PENDING) this.#starving = true;
      if (!(item instanceof Uint8Array) || this.#skip === 0) return item;
      const samples = frameSamples(item);
      // The frame that holds the place; or none at all, which who plays it will say.
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
