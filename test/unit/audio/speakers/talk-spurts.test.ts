import {
  asyncScheduler,
  concat,
  delay,
  EMPTY,
  exhaustMap,
  firstValueFrom,
  from,
  map,
  mergeMap,
  NEVER,
  Observable,
  of,
  Subject,
  switchMap,
  take,
  throwError,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { talkSpurts, type TalkSpurt, type TalkSpurtOptions } from '../../../../src/audio/index.js';
import type { VoicePacket } from '../../../../src/types.js';
import { READ_MS, stallingScheduler } from '../../../support/stalling-scheduler.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { silence, speech } from '../speech-packets.js';

/** `a` is speech of one user and `b` of another, `s` a silence of the first; RTP time stands still, so that only the arrival clock counts. */
const PACKETS: Readonly<Record<string, VoicePacket>> = {
  a: speech(1, { userId: '7', ssrc: 7, arrival: 0 }),
  s: silence(1, { userId: '7', ssrc: 7, arrival: 0, timestamp: 0 }),
  b: speech(1, { userId: '9', ssrc: 9, arrival: 0 }),
};
const { a, b } = PACKETS as { a: VoicePacket; b: VoicePacket };
const VALUES = { a, b };

/** Short enough for a diagram. */
const SHORT: TalkSpurtOptions = { hangover: 5 };


describe('talkSpurts', () => {
  it('one inner stream for each spurt, several at once', () => {
    virtualTime(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const packets = hot('  --a-ab-ba------------a-------|', PACKETS);
      const subs = '         ^----------------------------!';
      const expected = '     --A--B---------------C-------|';
      const A = cold('         a-a---a----|                ', VALUES);
      const B = cold('            b-b----|                 ', VALUES);
      const C = cold('                            a----|   ', VALUES);
      expectObservable<unknown>(packets.pipe(talkSpurts(SHORT))).toBe(expected, { A, B, C });
      expectSubscriptions(packets.subscriptions).toBe(subs);
    });
  });

  it('a silence is part of a spurt, and does not make it longer', () => {
    virtualTime(({ hot, cold, expectObservable }) => {
      const packets = hot('  --s-a-s-s------|', PACKETS);
      const expected = '     ----A----------|';
      const A = cold('           a-s-s|       ', PACKETS);
      expectObservable<unknown>(packets.pipe(talkSpurts(SHORT))).toBe(expected, { A });
    });
  });

  it('says who speaks, and since when', () => {
    const spurts: TalkSpurt[] = [];
    const packets = new Subject<VoicePacket>();
    packets.pipe(talkSpurts()).subscribe((spurt) => spurts.push(spurt));
    packets.next(speech(3, { userId: null, ssrc: 12 }));
    packets.complete();
    expect(spurts[0]).toBeInstanceOf(Observable);
    expect(spurts[0]).toMatchObject({ userId: null, ssrc: 12, startedAt: 60 });
  });

  it('of one user only', () => {
    virtualTime(({ hot, cold, expectObservable }) => {
      const packets = hot('  --a-b-ab-------|', PACKETS);
      const expected = '     ----B----------|';
      const B = cold('           b--b----|    ', VALUES);
      expectObservable<unknown>(packets.pipe(talkSpurts('9', SHORT))).toBe(expected, { B });
      expectObservable<unknown>(packets.pipe(talkSpurts({ ...SHORT, userId: '9' }))).toBe(expected, { B });
    });
  });

  it('gives whoever subscribes at once what was held until the spurt was sure to be one', () => {
    const told: number[] = [];
    const packets = [silence(0), speech(1), speech(2), speech(3)];
    from(packets)
      .pipe(talkSpurts({ minLength: 60, preRoll: 20 }), mergeMap((spurt) => spurt))
      .subscribe(({ sequence }) => told.push(sequence));
    expect(told).toEqual([0, 1, 2, 3]);
  });

  it('gives whoever comes later what comes from then on, or completion', () => {
    virtualTime(({ hot, expectObservable }) => {
      const packets = hot('  --a-a-a-a-------------|', PACKETS);
      const during = '       --------a-------------|';
      const after = '        ----------------------|';
      expectObservable(packets.pipe(talkSpurts(SHORT), delay(5), mergeMap((spurt) => spurt))).toBe(during, VALUES);
      expectObservable(packets.pipe(talkSpurts(SHORT), delay(15), mergeMap((spurt) => spurt))).toBe(after, VALUES);
    });
  });

  it('never', () => {
    virtualTime(({ expectObservable }) => {
      expectObservable(NEVER.pipe(talkSpurts())).toBe('-');
    });
  });

  it('empty', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const packets = cold<VoicePacket>('--|');
      expectObservable(packets.pipe(talkSpurts())).toBe('--|');
      expectSubscriptions(packets.subscriptions).toBe('^-!');
      expectObservable(EMPTY.pipe(talkSpurts())).toBe('|');
    });
  });

  it('completion ends the spurts that are on', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const packets = cold(' -a-b-|', PACKETS);
      const expected = '     -A-B-|';
      const subs = '         ^----!';
      const A = cold('        a---|', VALUES);
      const B = cold('          b-|', VALUES);
      expectObservable<unknown>(packets.pipe(talkSpurts(SHORT))).toBe(expected, { A, B });
      expectSubscriptions(packets.subscriptions).toBe(subs);
    });
  });

  it('an error goes to the spurts that are on, and to who waits for more', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const packets = cold(' -a-b-#', PACKETS);
      const expected = '     -A-B-#';
      const subs = '         ^----!';
      const A = cold('        a---#', VALUES);
      const B = cold('          b-#', VALUES);
      expectObservable<unknown>(packets.pipe(talkSpurts(SHORT))).toBe(expected, { A, B });
      expectSubscriptions(packets.subscriptions).toBe(subs);
      expectObservable(throwError(() => 'error').pipe(talkSpurts())).toBe('#');
    });
  });

  it('lets go of an endless source when it is unsubscribed and nobody listens', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const packets = cold(' -a-a-a-a-a-a', PACKETS);
      const unsub = '        ----!';
      const subs = '         ^---!';
      expectObservable(packets.pipe(talkSpurts(), map(({ userId }) => userId)), unsub).toBe('-x---', { x: '7' });
      expectSubscriptions(packets.subscriptions).toBe(subs);
      flush();
      // Unsubscribed while waiting for the end of a spurt: no timer of 300 ms is left.
      expect(asyncScheduler.now()).toBeLessThan(100);
    });
  });

  it('goes on for those who listen to a spurt, to its end, and begins no more', () => {
    virtualTime(({ hot, expectObservable, expectSubscriptions }) => {
      const packets = hot('  -a-a-b-a----------a--', PACKETS);
      const expected = '     -a-a---a----|';
      const subs = '         ^-----------!';
      expectObservable(packets.pipe(talkSpurts(SHORT), take(1), mergeMap((spurt) => spurt))).toBe(expected, VALUES);
      expectSubscriptions(packets.subscriptions).toBe(subs);
    });
  });

  it('lets go when who listened to the last spurt has gone', () => {
    virtualTime(({ hot, expectObservable, expectSubscriptions }) => {
      const packets = hot('  -a-a-a-a-a-', PACKETS);
      const expected = '     -a-(a|)';
      const subs = '         ^--!';
      expectObservable(packets.pipe(talkSpurts(SHORT), take(1), mergeMap((spurt) => spurt), take(2))).toBe(expected, VALUES);
      expectSubscriptions(packets.subscriptions).toBe(subs);
    });
  });

  it('completes a spurt that is taken up when everything is over', async () => {
    const packets = new Subject<VoicePacket>();
    const spurt = firstValueFrom(packets.pipe(talkSpurts()));
    packets.next(a);
    expect(packets.observed).toBe(false);
    await expect(firstValueFrom(await spurt, { defaultValue: 'over' })).resolves.toBe('over');
  });

  it('stops a source that gives everything at once, as soon as nobody wants more', () => {
    const endless = function* (): Generator<VoicePacket> {
      for (let n = 0; ; n++) yield speech(n);
    };
    const told: number[] = [];
    from(endless())
      .pipe(talkSpurts(), mergeMap((spurt) => spurt), take(3))
      .subscribe(({ sequence }) => told.push(sequence));
    expect(told).toEqual([0, 1, 2]);
  });

  it('ends the spurt of who is forgotten for another one', () => {
    virtualTime(({ hot, cold, expectObservable }) => {
      const packets = hot('  -a-b-------|', PACKETS);
      const expected = '     -A-B-------|';
      const A = cold('        a-|', VALUES);
      const B = cold('          b----|', VALUES);
      expectObservable<unknown>(packets.pipe(talkSpurts({ ...SHORT, maxStreams: 1 }))).toBe(expected, { A, B });
    });
  });

  it.each([{ idle: 0 }, { hangover: 0 }, { maxStreams: 0 }])('does not take %o', (options) => {
    expect(() => talkSpurts(options)).toThrow(VoiceOptionsError);
  });
});

describe('barge-in', () => {
  it('with exhaustMap: who speaks during an answer is ignored', () => {
    virtualTime(({ hot, expectObservable }) => {
      const packets = hot('  -a---b-----------a------|', PACKETS);
      const expected = '     --------x---------------(x|)';
      const answer = (spurt: TalkSpurt): Observable<string> => timer(7).pipe(map(() => spurt.userId!));
      expectObservable(packets.pipe(talkSpurts(SHORT), exhaustMap(answer))).toBe(expected, { x: '7' });
    });
  });

  it('with switchMap: who speaks interrupts the answer', () => {
    virtualTime(({ hot, expectObservable }) => {
      const packets = hot('  -a---b-------------------|', PACKETS);
      const expected = '     ------------y------------|';
      const answer = (spurt: TalkSpurt): Observable<string> => timer(7).pipe(map(() => spurt.userId!));
      expectObservable(packets.pipe(talkSpurts(SHORT), switchMap(answer))).toBe(expected, { y: '9' });
    });
  });

  it('an answer may begin when the spurt is over', () => {
    virtualTime(({ hot, expectObservable }) => {
      const packets = hot('  -a-a-----------|', PACKETS);
      const expected = '     --------x------|';
      const answer = (spurt: TalkSpurt): Observable<string> =>
        new Observable((subscriber) => spurt.subscribe({ complete: () => (subscriber.next(spurt.userId!), subscriber.complete()) }));
      expectObservable(packets.pipe(talkSpurts(SHORT), exhaustMap(answer))).toBe(expected, { x: '7' });
    });
  });
});

describe('a busy process', () => {
  /** Speech for 1 s; the loop is blocked from 200 to 900 ms, and packets of that time are read after the timers. */
  const blocked = (options: TalkSpurtOptions): number => {
    let spurts = 0;
    virtualTime(({ flush }) => {
      const packets = new Subject<VoicePacket>();
      packets.pipe(talkSpurts({ ...options, scheduler: stallingScheduler(200, 900) })).subscribe(() => (spurts += 1));
      for (let n = 0; n < 50; n++) {
        const sent = n * 20;
        const arrival = sent >= 200 && sent < 901 ? 901 : sent;
        asyncScheduler.schedule(() => packets.next(speech(n, { arrival })), arrival);
      }
      flush();
    });
    return spurts;
  };

  it('cuts no speech, neither with a short hangover nor with a long one', () => {
    expect([60, 100, 300, 600].map((hangover) => blocked({ hangover }))).toEqual([1, 1, 1, 1]);
  });

  it('cuts no speech when it stood still for longer than any event loop is blocked: a machine that was stopped', () => {
    let spurts = 0;
    virtualTime(({ flush }) => {
      const packets = new Subject<VoicePacket>();
      packets.pipe(talkSpurts({ scheduler: stallingScheduler(200, 9_000) })).subscribe(() => (spurts += 1));
      for (let n = 0; n < 50; n++) {
        const arrival = n < 10 ? n * 20 : 9_001;
        asyncScheduler.schedule(() => packets.next(speech(n, { arrival })), arrival);
      }
      flush();
    });
    expect(spurts).toBe(1);
  });

  it('still finds where it ends', () => {
    const lines: string[] = [];
    virtualTime(({ flush }) => {
      const spurts$ = concat(of(a), NEVER).pipe(
        talkSpurts({ scheduler: stallingScheduler(200, 900) }),
      );
      spurts$.subscribe((spurt) => spurt.subscribe({ complete: () => lines.push(`${asyncScheduler.now()} end`) }));
      flush();
    });
    expect(lines).toEqual([`${900 + READ_MS} end`]);
  });
});
