/** How a command ends before it is done: in good order at first, and at once when somebody insists. */
import { defer, finalize, ignoreElements, lastValueFrom, ReplaySubject, takeUntil, tap, type Observable } from 'rxjs';
import { Abandoned } from './command.js';
import type { Fact, Teller } from './report.js';
import type { Stop } from './terminal/terminal.js';

/**
 * Runs what is made of the first stop: it comes to its own end upon it, after the silence behind what it plays, say, or when its files
 * are closed. A signal after that ends it in the middle, with Abandoned. An output that breaks does not: it breaks because of the first.
 *
 * ```
 * stop$    ------s-----        ------s--t
 * run(s)   -a--b---c-|         -a--b----!
 * result   -a--b---c-|         -a--b----#
 * ```
 */
export function stoppable$<T>(stop$: Observable<Stop>, run: (first$: Observable<Stop>) => Observable<T>): Observable<T> {
  return defer(() => {
    const first$ = new ReplaySubject<Stop>(1);
    let asked = false;
    const insisted$ = stop$.pipe(
      tap((stop) => {
        if (asked && stop.signal) throw new Abandoned(stop.status);
        if (!asked) first$.next(stop);
        asked = true;
      }),
      ignoreElements(),
    );
    return run(first$).pipe(takeUntil(insisted$));
  });
}

/** Tells all that a command has to tell, to its end, in the way above. Gives the stop, if there was one. */
export async function tellUntilStopped<T extends Fact>(
  teller: Teller<T>,
  stop$: Observable<Stop>,
  facts: (first$: Observable<Stop>) => Observable<T>,
): Promise<Stop | undefined> {
  let stopped: Stop | undefined;
  const told$ = stoppable$(stop$, (first$) => facts(first$.pipe(tap((stop) => (stopped = stop))))).pipe(
    tap((fact) => teller.tell(fact)),
    finalize(() => teller.end?.()),
  );
  await lastValueFrom(told$, { defaultValue: undefined });
  return stopped;
}
