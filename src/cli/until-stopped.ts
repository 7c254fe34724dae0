/** How a command ends early: it cleans up after the first stop, and ends at once after a second. */
import { defer, finalize, ignoreElements, lastValueFrom, ReplaySubject, takeUntil, tap, type Observable } from 'rxjs';
import { Abandoned } from './command.js';
import type { Fact, Teller } from './report.js';
import type { Stop } from './terminal/terminal.js';

/**
 * Runs `run` with the first stop. It then ends by itself, for example after the final silence of a play, or when its files are closed. A signal after
 * that interrupts it with Abandoned. A broken output does not, because it breaks as a result of the first stop.
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

/** Reports all facts of a command, until it ends or is stopped as above. Returns the stop, if there was one. */
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
