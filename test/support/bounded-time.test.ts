import { interval, of, repeat, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$ } from '../../src/index.js';
import { BoundedTime } from './bounded-time.js';
import { IDS, virtualTime, world } from './virtual-time.js';

describe('bounded virtual time', () => {
  it('ends a test that leaks a timer, and says what it is', () => {
    const leaking = (): void => virtualTime(() => void interval(5_000).subscribe(), { bound: 60_000 });
    expect(leaking).toThrow('virtual time goes on after 60000 ms: 1 timers are set, the next at 65000 ms. Something is not unsubscribed, or leaks its timer');
  });

  it('ends a test that never leaves its session, whether or not it looks at a stream', () => {
    const staying = (look: boolean) => (): void =>
      virtualTime(({ expectObservable }) => {
        const { voice, options } = world();
        connectVoice$(voice.gateway, IDS, options).subscribe();
        if (look) expectObservable(of(1)).toBe('(a|)', { a: 2 });
      });
    for (const look of [false, true]) expect(staying(look)).toThrow(/goes on after 10800000 ms: \d+ timers are set/);
  });

  it('ends a loop in which no time goes by', () => {
    const looping = (): void => virtualTime(() => void timer(0).pipe(repeat()).subscribe({ error: () => undefined }));
    expect(looping).toThrow('100000 timers were set at 0 ms of virtual time: something goes round without waiting');
  });

  it('leaves a sound test alone, and its failures as they are', () => {
    virtualTime(({ expectObservable, cold }) => expectObservable(cold('--a 1h |')).toBe('--a 1h |'));
    expect(() => virtualTime(({ expectObservable }) => expectObservable(of(1)).toBe('--a'))).toThrow(/deeply equal/);
    expect(() => new BoundedTime(() => undefined).run(() => { throw new Error('of the test'); })).toThrow('of the test'); // prettier-ignore
  });
});
