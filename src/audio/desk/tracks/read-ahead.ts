/** Reads a media ahead of the clock, up to a limit. */
import { CHANNELS } from '../../pcm/pcm.js';
import type { Media, MediaReading, Piece } from '../media/media.js';

/** A queue of pieces. The clock never waits for the media: it takes what is available. */
export class ReadAhead {
  readonly #reading: MediaReading;
  readonly #limit: () => number;
  readonly #onChange: () => void;
  readonly #pieces: Piece[] = [];
  #samples = 0;
  #asking = false;
  #ended = false;
  #released = false;
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param from in samples
   * @param limit how many samples to hold; called each time, because it may change
   * @param onChange called when a piece has arrived, and at the end
   */
  constructor(media: Media, from: number, limit: () => number, onChange: () => void) {
    this.#reading = media.open(from);
    this.#limit = limit;
    this.#onChange = onChange;
    this.ask();
  }

  /** Samples in the queue. */
  get samples(): number {
    return this.#samples;
  }

  /** Whether nothing comes after what is in the queue: the end, or a failure. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The error, if it ended with a failure. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  get length(): number {
    return this.#pieces.length;
  }

  /** Returns a piece without removing it. */
  peek(index = 0): Piece | undefined {
    return this.#pieces[index];
  }

  /** Removes and returns the next piece. */
  shift(): Piece | undefined {
    const piece = this.#pieces.shift();
    if (piece !== undefined) this.#samples -= piece.samples;
    this.ask();
    return piece;
  }

  /** Puts back the unused rest of a piece of PCM. */
  unshift(piece: Piece, used: number): void {
    if (used >= piece.samples) return;
    const samples = piece.samples - used;
    this.#samples += samples;
    this.#pieces.unshift({ at: piece.at + used, samples, ...(piece.pcm && { pcm: piece.pcm.subarray(used * CHANNELS) }) });
  }

  /** Continues reading if there is room. */
  ask(): void {
    if (this.#asking || this.#ended || this.#released || this.#samples >= this.#limit()) return;
    this.#asking = true;
    this.#reading.next().then(
      (piece) => this.#receive(piece),
      (error: unknown) => this.#end({ error }),
    );
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#pieces.length = 0;
    this.#samples = 0;
    this.#reading.release();
  }

  #receive(piece: Piece | undefined): void {
    if (this.#released) return;
    this.#asking = false;
    if (piece === undefined) {
      this.#end(undefined);
      return;
    }
    if (piece.samples > 0) {
      this.#pieces.push(piece);
      this.#samples += piece.samples;
    }
    this.ask();
    this.#onChange();
  }

  #end(failure: { readonly error: unknown } | undefined): void {
    if (this.#released) return;
    this.#ended = true;
    this.#failure = failure;
    // A failed reading may still be open.
    if (failure !== undefined) this.#reading.release();
    this.#onChange();
  }
}
