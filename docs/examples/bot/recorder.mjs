/** Records a channel from one `/record` to the next, or to the end of the stay. */
import {
  catchError,
  defer,
  EMPTY,
  filter,
  finalize,
  map,
  merge,
  mergeMap,
  of,
  ReplaySubject,
  Subject,
  takeUntil,
  tap,
  toArray,
} from 'rxjs';

/** @param {() => import('rxjs').OperatorFunction<import('rxvoice').VoicePacket, import('rxvoice/audio').RecordingEvent>} record begins a recording */
export function recorder(record) {
  const begun$ = new Subject();
  let current;

  const run = (session, one, over$) =>
    session.receive().pipe(
      // Before `record()`, so that the files are closed and reported.
      takeUntil(merge(one.stop$, over$)),
      record(),
      filter(({ type }) => type === 'file-closed'),
      tap((file) => one.files$.next(file)),
      map(({ path, durationMs }) => `recorded ${path}, ${(durationMs / 1_000).toFixed(1)} s`),
      catchError((error) => {
        one.files$.error(new Error(`The recording has failed: ${error.message}`));
        return of(`recording failed: ${error.message}`);
      }),
      finalize(() => {
        if (current === one) current = undefined;
        one.files$.complete();
      }),
    );

  return {
    /** @returns {import('rxjs').Observable<string>} the answer; after a stop, it comes when all files are closed */
    toggle() {
      if (current !== undefined) {
        const { stop$, files$ } = current;
        const files = files$.pipe(toArray(), map(summary)); // prettier-ignore
        return merge(
          files,
          defer(() => (stop$.next(), EMPTY)),
        );
      }
      if (!begun$.observed) return of('I am not in the channel yet.');
      current = { stop$: new Subject(), files$: new ReplaySubject() };
      begun$.next(current);
      return of('Recording. The same command ends it.');
    },
    /** Records on a session until `over$`; emits what happens, as text. */
    on(session, over$) {
      return begun$.pipe(
        takeUntil(merge(over$, session.ended$)),
        mergeMap((one) => run(session, one, over$)),
      );
    },
  };
}

/** @param {readonly { readonly path: string, readonly durationMs: number }[]} files */
function summary(files) {
  if (files.length === 0) return 'Nobody has said anything.';
  return `Recorded ${files.map(({ path, durationMs }) => `${path} (${(durationMs / 1_000).toFixed(1)} s)`).join(', ')}.`;
}
