import { NEVER, Observable, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Unanswered } from '../../../src/driver/recovery/carry-out.js';
import { Signals, type Heed } from '../../../src/driver/signals.js';
import { VoiceTimeoutError } from '../../../src/errors.js';
import { operate } from '../../../src/operate.js';
import type { VoiceServer, VoiceSignal } from '../../../src/types.js';
import { virtualTime } from '../../support/virtual-time.js';

const server = (token: string): VoiceServer => ({ guildId: '10', userId: '1', sessionId: 's', channelId: '20', token, endpoint: 'e:1' });
const SIGNALS: Readonly<Record<string, VoiceSignal>> = {
  a: server('a'),
  b: server('b'),
  n: { endpoint: null },
  k: { ended: 'kicked' },
  g: { gone: 'channel' },
};

type Timely = Exclude<VoiceSignal, { readonly gone: unknown }>;

const HEED: Heed<Timely, string> = { noted: (signal) => 'gone' in signal, timely: (signal) => signal as Timely, lead$: () => NEVER };

const led = (signals$: Observable<VoiceSignal>, heed: Partial<Heed<Timely, string>>): Observable<string> =>
  new Observable((subscriber) => void signals$.subscribe(operate(new Signals(subscriber, { ...HEED, ...heed }))));

const nameOf = (signal: Timely): string => ('token' in signal ? signal.token : 'ended' in signal ? 'k' : 'n');

describe('Signals', () => {
  it.each([
    ['never', '-', '-'],
    ['none, and their end ends nothing', '|', '--'],
    ['one, and the end of the signals', '-a--|', '-a--'],
    ['several', '-a-n-b', '-a-n-b'],
    ['one that repeats itself', '-a-a-n-n-a', '-a---n---a'],
    ['one that is noted, and no more', '-a-g-a', '-a----'],
    ['an error', '-a-#', '-a-#'],
  ])('%s', (_, signals, result) => {
    virtualTime(({ cold, expectObservable }) => {
      const lead$ = (signal: Timely): Observable<string> => cold(nameOf(signal));
      expectObservable(led(cold(signals, SIGNALS), { lead$ })).toBe(result);
    });
  });

  it('follows the last alone, whose end ends nothing, and whose error is the error', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [a, b] = [cold('x--x--x--x'), cold('-y-|')];
      const lead$ = (signal: Timely): Observable<string> => (nameOf(signal) === 'a' ? a : b);
      expectObservable(led(cold('a---b', SIGNALS), { lead$ })).toBe('x--x-y---');
      expectSubscriptions(a.subscriptions).toBe('^---!');
      expectSubscriptions(b.subscriptions).toBe('----^--!');
      expectObservable(led(cold('--a', SIGNALS), { lead$: () => cold('-#') })).toBe('---#');
    });
  });

  it('looks at no signal before the one before it is timely, and stands by what that leads to meanwhile', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const a = cold('x-x-x-x-x');
      const timely = (signal: VoiceSignal): Timely | Observable<Timely> =>
        'ended' in signal ? cold('---(t|)', { t: signal }) : (signal as Timely);
      const lead$ = (signal: Timely): Observable<string> => (nameOf(signal) === 'a' ? a : of(nameOf(signal)));
      // k is timely at 4, and so are n and b, which arrived in the meantime.
      expectObservable(led(cold('akn-b', SIGNALS), { timely, lead$ })).toBe('x-x-(xknb)');
      expectSubscriptions(a.subscriptions).toBe('^---!');
    });
  });

  it('lets go of all, early, also while it waits', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [signals, waits, leads] = [cold('a-k', SIGNALS), cold<Timely>('-----t'), cold('x----')];
      const timely = (signal: VoiceSignal): Timely | Observable<Timely> => ('ended' in signal ? waits : (signal as Timely));
      expectObservable(led(signals, { timely, lead$: () => leads }), '^---!').toBe('x---');
      for (const { subscriptions } of [signals, leads]) expectSubscriptions(subscriptions).toBe('^---!');
      expectSubscriptions(waits.subscriptions).toBe('--^-!');
    });
  });

  it('tells an op 4 that nobody answered from a deadline that recovery failed with', () => {
    const errors: unknown[] = [];
    const [unanswered, other] = [new VoiceTimeoutError('signalling', 1, 'c'), new VoiceTimeoutError('hello', 1, 'c')];
    for (const error of [unanswered, other]) {
      led(new Observable((subscriber) => subscriber.error(error)), {}).subscribe({ error: (thrown: unknown) => errors.push(thrown) });
      led(of(SIGNALS['a']!), { lead$: () => new Observable((subscriber) => subscriber.error(error)) }).subscribe({ error: (thrown: unknown) => errors.push(thrown) });
    }
    expect(errors).toEqual([expect.any(Unanswered), unanswered, other, other]);
  });
});
