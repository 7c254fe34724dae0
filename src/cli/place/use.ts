/** To use a resource, and let go of it when done. */
import { dematerialize, materialize, switchMap, type Observable, type OperatorFunction } from 'rxjs';

/**
 * Like `switchMap`, but completes, and so lets go of the resource, when what is made of it completes. What `useSession` is for sessions.
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
