import { concat, defer, EMPTY, interval, NEVER, Observable, of, Subject, takeUntil, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { VoiceSession } from '../../src/index.js';
import { SessionEndedError, useSession } from '../../src/index.js';
import { virtualTime } from '../support/virtual-time.js';

const session = (guildId: string, status: string): VoiceSession => ({ guildId, state$: of({ status }) }) as unknown as VoiceSession;
const S = session('10', 'ready');
const T = session('11', 'ready');

describe('useSession', () => {
  it('leaves when the projected stream completes', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const session$ = cold('---S', { S });
      const work = cold('--a--b--|');
      expectObservable(session$.pipe(useSession(() => work))).toBe('-----a--b--|');
      expectSubscriptions(work.subscriptions).toBe('---^-------!');
      expectSubscriptions(session$.subscriptions).toBe('^----------!');
    });
  });

  it('leaves when the projected stream errors', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const session$ = cold('---S', { S });
      expectObservable(session$.pipe(useSession(() => cold('--a--#', undefined, 'why')))).toBe('-----a--#', undefined, 'why');
      expectSubscriptions(session$.subscriptions).toBe('^-------!');
    });
  });

  it('leaves, with an error, when the projection throws', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const session$ = cold('---S', { S });
      const bad = (): never => {
        throw new Error('projection');
      };
      expectObservable(session$.pipe(useSession(bad))).toBe('---#', {}, new Error('projection'));
      expectSubscriptions(session$.subscriptions).toBe('^--!');
    });
  });

  it('lets the projected stream come to its end when the session is ended by a kick', () => {
    virtualTime(({ cold, expectObservable }) => {
      const session$ = cold('---S--|', { S });
      // The streams of a session complete with it, and so does everything made from them.
      expectObservable(session$.pipe(useSession(() => cold('a--|')))).toBe('---a--|');
      expectObservable(session$.pipe(useSession(() => cold('a--b-|')))).toBe('---a--b-|');
    });
  });

  it('lets go, 10 s after that, of what does not come to an end by itself', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const never = cold('a--');
      const endless = interval(4_000);
      expectObservable(cold('---S--|', { S }).pipe(useSession(() => never))).toBe('---a-- 10s |');
      expectSubscriptions(never.subscriptions).toBe('---^-- 10s !');
      expectObservable(cold('---S--|', { S }).pipe(useSession(() => endless))).toBe('4003ms 0 3999ms 1 2002ms |', [0, 1]);
    });
  });

  it('takes what is begun on a session that somebody ended for an end, and the use of one that was left for the mistake it is', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const session$ = cold('---S------', { S });
      for (const reason of ['kicked', 'call-ended', 'gateway-closed'] as const)
        expectObservable(session$.pipe(useSession(() => cold('a-#', undefined, new SessionEndedError(reason))))).toBe('---a-|');
      for (const error of [new SessionEndedError('left'), new SessionEndedError(null)])
        expectObservable(session$.pipe(useSession(() => cold('a-#', undefined, error)))).toBe('---a-#', undefined, error);
      expectSubscriptions(session$.subscriptions).toBe(Array<string>(5).fill('^----!'));
    });
  });

  it('lets go of the projected stream before the session, when it is unsubscribed itself', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions, hot }) => {
      const next = cold('x');
      /** Completes when the session is left, like a session's streams. */
      const used$ = (): Observable<string> =>
        defer(() => {
          const inSession$ = new Subject<string>();
          const session$ = new Observable<VoiceSession>((subscriber) => {
            subscriber.next(S);
            return () => inSession$.complete();
          });
          return session$.pipe(useSession(() => concat(inSession$, next)));
        });
      expectObservable(used$(), '^---!').toBe('-');
      expectObservable(used$().pipe(takeUntil(hot('----u')))).toBe('----|');
      expectSubscriptions(next.subscriptions).toBe([]);
    });
  });

  it('is empty where there never was a session, and waits for one', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const waiting = cold<VoiceSession>('-');
      expectObservable(EMPTY.pipe(useSession(() => of(1)))).toBe('|');
      expectObservable(waiting.pipe(useSession(() => of(1))), '^--!').toBe('-');
      expectSubscriptions(waiting.subscriptions).toBe('^--!');
    });
  });

  it('passes the error of the session on, also under way, and unsubscribes from the projected stream', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const work = cold('--a--b--c');
      expectObservable(cold<VoiceSession>('-S---#', { S }, 'lost').pipe(useSession(() => work))).toBe('---a-#', undefined, 'lost');
      expectSubscriptions(work.subscriptions).toBe('-^---!');
      expectObservable(throwError(() => 'lost').pipe(useSession(() => work))).toBe('#', {}, 'lost');
    });
  });

  it('takes the streams of a session that failed, which complete before it errors, for no end that was wanted', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const failed = { F: session('12', 'failed') };
      const work = cold('--a--|');
      expectObservable(cold<VoiceSession>('-F-----#', failed, 'lost').pipe(useSession(() => work))).toBe('---a---#', undefined, 'lost');
      expectObservable(cold<VoiceSession>('-F----(#)', failed, 'lost').pipe(useSession(() => work))).toBe('---a--#', undefined, 'lost');
      // A session stream that does not error ends the result when it completes.
      expectObservable(cold<VoiceSession>('-F-----|', failed).pipe(useSession(() => work))).toBe('---a---|');
      expectSubscriptions(work.subscriptions).toBe(Array<string>(3).fill('-^----!'));
    });
  });

  it('releases both when it is unsubscribed', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const session$ = cold('-S', { S });
      const work = cold('--a--b--c');
      expectObservable(session$.pipe(useSession(() => work)), '^----!').toBe('---a');
      expectSubscriptions(work.subscriptions).toBe('-^---!');
      expectSubscriptions(session$.subscriptions).toBe('^----!');
    });
  });

  it('goes over to a new session, as switchMap does', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('a--b--c--|');
      const second = cold('x--|');
      expectObservable(cold('-S---T', { S, T }).pipe(useSession((session) => (session === S ? first : second)))).toBe('-a--bx--|');
      expectSubscriptions(first.subscriptions).toBe('-^---!');
    });
  });

  it('takes whatever RxJS makes an Observable of', () => {
    const seen: unknown[] = [];
    new Observable<VoiceSession>((s) => s.next(S)).pipe(useSession(() => [1, 2])).subscribe({ next: (n) => seen.push(n), complete: () => seen.push('left') });
    expect(seen).toEqual([1, 2, 'left']);
    expect(() => NEVER.pipe(useSession(() => [1])).subscribe().unsubscribe()).not.toThrow();
  });
});
