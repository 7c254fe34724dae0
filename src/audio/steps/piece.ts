/** The public input and output types of a step over PCM. */
import type { Observable } from 'rxjs';

/**
 * Samples at 48 kHz, left and right interleaved, or an object that has them: the frames of `pcm()` and `mix()`, and those of one speaker of
 * `decodeOpus()`. The pieces form one continuous sound, in order.
 */
export type PcmPiece = Int16Array | { readonly pcm: Int16Array };

/** An operator over PCM, for the three forms in which PCM comes; the result has the same form as the input. */
export interface PcmOperator<T> {
  /** Computed on iteration. */
  (pcm: Iterable<PcmPiece>): Iterable<T>;
  /** Pulled on iteration. Leaving the loop releases the source at once, also while it is awaited. */
  (pcm: AsyncIterable<PcmPiece>): AsyncIterable<T>;
  /** An operator, for `pipe`. */
  (pcm$: Observable<PcmPiece>): Observable<T>;
}

/** The step that is lifted; each stream has its own. */
export interface PieceStep<T> {
  /** The results that this piece completes. */
  push(piece: PcmPiece): Iterable<T>;
  /** Whether the sound is over for this step, so that the stream ends. */
  readonly over: boolean;
  /** The rest, at the end. */
  flush(): Iterable<T>;
  /** Called once, however the stream ends. */
  free(): void;
}
