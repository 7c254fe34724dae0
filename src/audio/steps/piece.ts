/** What a step over PCM takes, as the outside has it. */
import type { Observable } from 'rxjs';

/**
 * Samples at 48 kHz, left and right interleaved, or something that has them: the frames of `pcm()` and `mix()`, and those of one speaker of
 * `decodeOpus()`. They are one sound, in its order.
 */
export type PcmPiece = Int16Array | { readonly pcm: Int16Array };

/** What can be made of PCM, of any of the three kinds that it comes in; the result is of the same kind. */
export interface PcmOperator<T> {
  /** Worked out as it is iterated. */
  (pcm: Iterable<PcmPiece>): Iterable<T>;
  /** Pulled as it is iterated. Leaving the loop lets go of the source at once, also while it is being waited for. */
  (pcm: AsyncIterable<PcmPiece>): AsyncIterable<T>;
  /** An operator, for `pipe`. */
  (pcm$: Observable<PcmPiece>): Observable<T>;
}

/** The step that is lifted; one for each stream. */
export interface PieceStep<T> {
  /** What a piece completes. */
  push(piece: PcmPiece): Iterable<T>;
  /** Nothing more will come of it: the stream ends. */
  readonly over: boolean;
  /** The rest, at the end. */
  flush(): Iterable<T>;
  /** Called once, however the stream ends. */
  free(): void;
}
