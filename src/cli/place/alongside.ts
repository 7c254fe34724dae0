/** Something to look at, for as long as there is something to do. */
import { connect, endWith, ignoreElements, merge, takeUntil, type MonoTypeOperatorFunction, type Observable } from 'rxjs';

/**
 * Merges what is told beside a stream into it, for as long as that goes on.
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
