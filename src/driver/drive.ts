/**
 * The driver: one durable session over whatever voice servers the signalling names, one at a time.
 *
 * ```
 * drive$
 * ├─ session        one, emitted once, at the first ready
 * └─ signals        VoiceServer: switch to it · null endpoint: hold and wait · ended: complete
 *    └─ voice server
 * ```
 */
import { distinctUntilChanged, NEVER, Observable, of, retry, switchMap, throwError, timer } from 'rxjs';
import { prepareMode } from '../crypto/seal.js';
import type { Snowflake, VoiceServer, VoiceSignal } from '../types.js';
import { Attempts } from './attempts.js';
import type { ResolvedOptions } from './options.js';
import { SessionCore, voiceSession, type VoiceSession } from './session.js';
import { RejoinRequest, voiceServer$, type ServerNews } from './voice-server.js';

/**
 * @param signals$ cold: subscribing joins, unsubscribing leaves. Its completion alone ends nothing: `of(server)` is a session
 * @param guildId for the log, where it is known before the first server is
 */
export function drive$(
  signals$: Observable<VoiceSignal>,
  options: ResolvedOptions,
  guildId: Snowflake | null = null,
): Observable<VoiceSession> {
  return new Observable((subscriber) => {
    const core = new SessionCore(options, options.logFor(guildId));
    const attempts = new Attempts();
    // Begins to load the cipher while the signalling is under way. A failure is met where the mode is chosen.
    for (const mode of options.modes) prepareMode(mode)?.catch(() => undefined);
    let current: VoiceServer | undefined;
    let emitted = false;

    const run$ = signals$.pipe(
      distinctUntilChanged(sameSignal),
      switchMap((signal): Observable<ServerNews> => {
        if ('ended' in signal) return of(signal);
        if (signal.endpoint === null) {
          core.enter({ status: 'signalling' });
          return NEVER;
        }
        current = signal;
        // Unless recovery has said so already, with the count of its own.
        if (attempts.wasReady && core.state$.value.status !== 'reconnecting')
          core.enter({ status: 'reconnecting', attempt: Math.max(1, attempts.count), closeCode: null });
        return voiceServer$(signal, core, attempts, options);
      }),
      retry({
        delay: (error: unknown) =>
          error instanceof RejoinRequest ? timer(error.delay, options.scheduler) : throwError(() => error),
      }),
    );

    // Added first, so that it runs before the sockets are closed: nothing is sent on a session that is being left.
    subscriber.add(() => core.end('left'));
    subscriber.add(
      run$.subscribe({
        next: (news) => {
          if (news !== 'ready') {
            core.end(news.ended);
            subscriber.complete();
          } else if (!emitted && current !== undefined) {
            emitted = true;
            subscriber.next(voiceSession(core, current.guildId, current.userId));
          }
        },
        error: (error: unknown) => {
          core.fail(error);
          subscriber.error(error);
        },
      }),
    );
  });
}

/** A repeated server update changes nothing; one with a new token does, even on the same endpoint. */
function sameSignal(a: VoiceSignal, b: VoiceSignal): boolean {
  if ('ended' in a || 'ended' in b) return false;
  if (a.endpoint === null || b.endpoint === null) return a.endpoint === b.endpoint;
  return a.endpoint === b.endpoint && a.token === b.token && a.sessionId === b.sessionId && a.channelId === b.channelId;
}
