/** Reads sources one after the other, a number of frames ahead of the clock and across their ends. */
import { EMPTY, type Observable, type Subscription } from 'rxjs';
import { guarded, holdBack, insulated } from '../../edge.js';
import { VoiceOptionsError } from '../../errors.js';
import { DEFAULT_READ_OPTIONS, type FrameInput } from '../../frames/frame-input.js';
import { END, PENDING, type FrameQueue, type QueueItem, type QueueOptions } from '../../frames/frame-queue.js';
import { openQueue } from '../../frames/open-queue.js';
import { ReadAhead } from './read-ahead.js';

/** Frames read at once: an encoder must not produce two seconds of sound within one tick. */
const BURST = 5;
/** Limit of consecutive sources without a frame: otherwise an endless list of empty sources would be an endless loop. */
const MOST_EMPTY = 1_000;

export interface GaplessQueueOptions {
  readonly ahead: number;
  readonly read: QueueOptions;
  readonly make: (item: unknown) => FrameInput;
  readonly onTurn?: (index: number) => void;
  readonly onError?: (error: unknown, index: number) => void;
  readonly skip$?: Observable<unknown>;
  /** Called with the index of a source that gave no frame; returns an error, or undefined if that is allowed. */
  readonly whenEmpty?: (index: number) => unknown;
}

export class GaplessQueue implements FrameQueue {
  readonly #options: GaplessQueueOptions;
  readonly #readOptions: QueueOptions;
  readonly #waiting = new ReadAhead();
  readonly #list: FrameQueue;
  readonly #skip: Subscription;
  #source: FrameQueue | undefined;
  #index = -1;
  /** Whether the source has given a frame. */
  #given = false;
  #empty = 0;
  #filling = false;
  #starving = false;
  #over = false;
  #closed = false;

  constructor(sources: Iterable<unknown> | AsyncIterable<unknown> | Observable<unknown>, options: GaplessQueueOptions) {
    const onReadable = (): void => this.#readable();
    this.#options = options;
    this.#readOptions = { ...options.read, onReadable };
    this.#list = openQueue(sources as FrameInput, { ...DEFAULT_READ_OPTIONS, prefetch: 1, whenBehind: 'wait', onReadable });
    this.#skip = insulated(options.skip$ ?? EMPTY).subscribe({
      next: () => this.#skipOne(),
      error: (error: unknown) => this.#end(error),
    });
    this.#fill();
  }

  read(): QueueItem {
    for (let read = this.#waiting.shift(); read !== undefined; read = this.#waiting.shift()) {
      if (read.type === 'frame') {
        this.#fill();
        return read.frame;
      }
      if (read.type === 'turn') guarded(() => this.#options.onTurn?.(read.index));
      else if (read.final) throw read.error;
      else guarded(() => this.#options.onError?.(read.error, read.index));
      // The callback may have closed the queue.
      if (this.#closed) return END;
    }
    this.#fill();
    if (this.#waiting.length > 0) return this.read();
    if (this.#over) return END;
    this.#starving = true;
    return PENDING;
  }

  close(): void {
    this.#closed = true;
    this.#over = true;
    this.#waiting.clear();
    this.#skip.unsubscribe();
    this.#leave();
    this.#list.close();
  }

  #readable(): void {
    this.#fill();
    if (!this.#starving || (this.#waiting.length === 0 && !this.#over)) return;
    this.#starving = false;
    this.#options.read.onReadable();
  }

  /** Reads ahead. Opening and reading may call back, so only one call runs at a time. */
  #fill(): void {
    if (this.#filling) return;
    this.#filling = true;
    for (let i = 0; i < BURST && !this.#over && this.#waiting.frames < this.#options.ahead; ) {
      const frames = this.#waiting.frames;
      if (!this.#advance()) break;
      i += this.#waiting.frames - frames;
    }
    this.#filling = false;
  }

  /** One step: opens a source, reads a frame, or leaves a source that has ended. False if it can only wait. */
  #advance(): boolean {
    try {
      return this.#source === undefined ? this.#open() : this.#read(this.#source);
    } catch (error) {
      this.#leave();
      if (this.#options.onError === undefined) {
        this.#end(error);
        return false;
      }
      this.#waiting.fail(error, this.#index, false);
      this.#count();
      return true;
    }
  }

  #open(): boolean {
    let item;
    try {
      item = this.#list.read();
    } catch (error) {
      this.#end(error);
      return false;
    }
    if (item === PENDING) return false;
    if (item === END) {
      this.#over = true;
      return false;
    }
    this.#index += 1;
    this.#given = false;
    const frames = this.#options.make(item);
    holdBack(frames);
    this.#source = openQueue(frames, this.#readOptions);
    // Closed by its own code while it was opened.
    if (this.#closed) this.#leave();
    return true;
  }

  #read(source: FrameQueue): boolean {
    const frame = source.read();
    // Skipped or closed by its own code while it was read.
    if (frame === PENDING || source !== this.#source) return source !== this.#source;
    if (frame === END) {
      this.#leave();
      if (!this.#given) this.#wasEmpty();
      return true;
    }
    if (!this.#given) this.#waiting.turn(this.#index);
    this.#given = true;
    this.#empty = 0;
    this.#waiting.push(frame);
    return true;
  }

  #wasEmpty(): void {
    const error = this.#options.whenEmpty?.(this.#index);
    if (error === undefined) this.#count();
    else this.#end(error);
  }

  #count(): void {
    this.#empty += 1;
    if (this.#empty < MOST_EMPTY) return;
    const reason = `${MOST_EMPTY} sources in a row had no frame: is the list without end, and what it holds empty?`;
    this.#end(new VoiceOptionsError('frames', reason));
  }

  /** Ends the queue with an error, after the frames that were read before. */
  #end(error: unknown): void {
    this.#leave();
    this.#over = true;
    this.#waiting.fail(error, this.#index, true);
    if (!this.#filling) this.#readable();
  }

  #leave(): void {
    const source = this.#source;
    this.#source = undefined;
    source?.close();
  }

  #skipOne(): void {
    // The source that is heard was already read to its end, and the next one is behind it in the queue.
    if (!this.#waiting.skip()) this.#leave();
    this.#readable();
  }
}
