/** Uses a resource, and releases it when done. */
import { dematerialize, materialize, switchMap, type Observable, type OperatorFunction } from 'rxjs';

/**
 * Like `switchMap`, but completes, and so releases the resource, when the projected stream completes. The same as `useSession` for sessions.
 *
 * ```
 * resource  ---R--------------
 * project      --a--b--|
 * result    -----a--b--|
 * ```
 */
export function use<A, B>(project: (resource: A) => Observable<B>): OperatorFunction<A, B> {
  return (resource$) =>
    resource$.pipe(
      switchMap((resource) => project(resource).pipe(materialize())),
      dematerialize(),
    );
}
