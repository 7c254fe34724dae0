/** Additional values beside a stream, for as long as that runs. */
import { connect, endWith, ignoreElements, merge, takeUntil, type MonoTypeOperatorFunction, type Observable } from 'rxjs';

/**
 * Merges `side$` into a stream until the stream completes.
 *
 * ```
 * source  --a----b--|
 * side    -1--2-----3--4
 * result  -1a-2--b--|
 * ```
 */
export function alongside<T>(side$: Observable<T>): MonoTypeOperatorFunction<T> {
  return connect((main$) => merge(side$.pipe(takeUntil(main$.pipe(ignoreElements(), endWith(null)))), main$));
}
