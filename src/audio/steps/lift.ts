/** Lifts a pure step over pieces of PCM to Observables and iterables. */
import { catchError, concat, concatMap, defer, finalize, isObservable, map, takeWhile, throwError, type Observable } from 'rxjs';
import type { PcmOperator, PcmPiece, PieceStep } from './piece.js';
import { looped, pulled } from './pulled.js';

/**
 * ```
 * pieces   a---b---c---|          a---b---#
 * result   A---B---C---(f|)       A---B---(f#)     f: what was held back
 * ```
 * Each subscription and each iteration has its own step, which is freed at completion, error and unsubscription, and when a loop is left.
 * Samples that were held back are given before an error too, because they came before it.
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
      // Catches errors of the source only: after an error of the step itself, the step must not be flushed.
      catchError((error: unknown) => {
        failed = { error };
        return [];
      }),
      map((piece) => [...step.push(piece)]),
      takeWhile(() => !step.over, true),
      concatMap((results) => results),
    );
    const end$ = defer(() => (failed === undefined ? [] : throwError(() => failed!.error)));
    return concat(pieces$, rest$, end$).pipe(finalize(() => step.free()));
  });
}
