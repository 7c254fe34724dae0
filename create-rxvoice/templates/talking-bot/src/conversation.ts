/** What the talking bot does, without Discord. */
import { catchError, concat, defer, filter, from, ignoreElements, map, of, switchMap, tap, type Observable } from 'rxjs';
import type { OpusFrame, VoiceSession } from 'rxvoice';
import { talkSpurts, type TalkSpurt } from 'rxvoice/audio';
import type { Mind } from './mind.ts';

/** A pause of so long (ms) is the end of a sentence; sound that is shorter than that is no speech, and interrupts nobody. */
export const [PAUSE_MS, COUGH_MS] = [400, 100];

/**
 * Who begins to speak stops the answer, be it his or another's; when he has spoken, the answer to him begins.
 *
 * ```
 * voice     -v-v-v-------------------v-v--------
 * told      --H--------(hA)----------H------(hA)    hears, has heard, answers: the first answer is cut off
 * ```
 */
export const conversation =
  (mind: Mind) =>
  (session: VoiceSession): Observable<string> =>
    session.receive().pipe(
      talkSpurts({ hangover: PAUSE_MS, minLength: COUGH_MS }),
      switchMap((spurt) => concat(of(`hears ${spurt.userId}`), turn(session, spurt, mind))),
    );

function turn(session: VoiceSession, spurt: TalkSpurt, mind: Mind): Observable<string> {
  const frames: OpusFrame[] = [];
  const listening$ = spurt.pipe(
    tap(({ frame }) => frames.push(frame)),
    ignoreElements(),
  );
  const answering$ = defer(() => from(mind({ userId: spurt.userId, frames }))).pipe(
    switchMap((answer) => session.play(answer)),
    filter(({ type }) => type === 'started' || type === 'finished'),
    map(({ type }) => (type === 'started' ? `answers ${spurt.userId}` : `has answered ${spurt.userId}`)),
    catchError((error: Error) => of(`cannot answer ${spurt.userId}: ${error.message}`)),
  );
  return concat(listening$, answering$);
}
