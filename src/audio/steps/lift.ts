/** From a pure step over pieces of PCM to an operator of Observables and a map of iterables. */
import { catchError, concat, concatMap, defer, finalize, isObservable, throwError, type Observable } from 'rxjs';
import { looped, pulled } from './pulled.js';

/** Samples at 48 kHz, left and right interleaved, or something that has them: the frames of `pcm()`, `decodeOpus()`, `mix()`. */
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
  /** The rest, at the end. */
  flush(): Iterable<T>;
  /** Called once, however the stream ends. */
  free(): void;
}

/**
 * ```
 * pieces   a---b---c---|          a---b---#
 * result   A---B---C---(f|)       A---B---(f#)     f: what was held back
 * ```
 * A step is made for each subscription and each iteration, and let go of at completion, error, unsubscription and when a loop is left.
 * What was held back is given before an error, too: it came before it.
 */
export function liftPcm<T>(start: () => PieceStep<T>): PcmOperator<T> {
  function operate(pcm: Iterable<PcmPiece>): Iterable<T>;
  function operate(pcm: AsyncIterable<PcmPiece>): AsyncIterable<T>;
  function operate(pcm$: Observable<PcmPiece>): Observable<T>;
  function operate(pcm: AnyPcm): Iterable<T> | AsyncIterable<T> | Observable<T> {
    if (isObservable(pcm)) return observed(pcm, start);
    if (typeof pcm === 'object' && pcm !== null && !ArrayBuffer.isView(pcm)) {
      if (Symbol.asyncIterator in pcm) return { [Symbol.asyncIterator]: () => pulled(pcm, start) };
      if (Symbol.iterator in pcm) return { [Symbol.iterator]: () => looped(pcm, start) };
    }
    throw new TypeError('what is filtered must be an Observable or an (async) iterable of Int16Array; of a single array write [array]');
  }
  return operate;
}

type AnyPcm = Iterable<PcmPiece> | AsyncIterable<PcmPiece> | Observable<PcmPiece>;

function observed<T>(pcm$: Observable<PcmPiece>, start: () => PieceStep<T>): Observable<T> {
  return defer(() => {
    const step = start();
    const rest$ = defer(() => step.flush());
    let failed: { readonly error: unknown } | undefined;
    const pieces$ = pcm$.pipe(
      // Only what comes from the source: an error of the step is not the end of a sound, and there is nothing to be asked of it then.
      catchError((error: unknown) => {
        failed = { error };
        return [];
      }),
      concatMap((piece) => step.push(piece)),
    );
    const end$ = defer(() => (failed === undefined ? [] : throwError(() => failed!.error)));
    return concat(pieces$, rest$, end$).pipe(finalize(() => step.free()));
  });
}
