/** What `voiceTest` accepts, what it rejects, and its messages. */
import { asyncScheduler, concat, interval, map, NEVER, of, repeat, tap, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, useSession, type VoiceSession } from '../../../src/index.js';
import { testFrames, TimelineError, VIRTUAL_IDS, voiceTest, type VirtualVoice, type VoiceTestHelpers } from '../../../src/testing/index.js';

const connected$ = (voice: VirtualVoice) => connectVoice$(voice.gateway, VIRTUAL_IDS, voice.options);
const playing = (session: VoiceSession) => session.play(testFrames(3));

/** The failure of the test; undefined if it passes. */
function failure(body: (helpers: VoiceTestHelpers) => void, options: Parameters<typeof voiceTest>[1] = {}): Error | undefined {
  try {
    voiceTest(body, options);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
const said = (body: (helpers: VoiceTestHelpers) => void): string => failure(body)?.message ?? 'passes';

describe('voiceTest', () => {
  it('passes where all is as expected: streams, subscriptions, other streams, streams of streams', () => {
    voiceTest(({ voice, cold, expectObservable, expectSubscriptions }) => {
      expectObservable(voice.deeds$).toBe('j 119ms l', { j: 'joins 20 of guild 10', l: 'leaves guild 10' });
      expectObservable(voice.heard$).toBe('60ms a 19ms b 19ms c', { a: 'frame 0', b: 'frame 1', c: 'frame 2' });
      expectObservable(connected$(voice).pipe(useSession(playing), map(({ type }) => type))).toBe('60ms (ab) 16ms b 19ms b 19ms (c|)', { a: 'started', b: 'sent', c: 'finished' });
      const source$ = cold('--a--|');
      expectObservable(source$.pipe(map((x) => x))).toEqual(source$);
      expectSubscriptions(source$.subscriptions).toBe(['^----!', '^----!']);
      expectObservable(of(cold('-x|'))).toBe('(s|)', { s: cold('-x|') });
    });
  });

  it('draws both timelines, says what is too late, and gives the marbles to be copied', () => {
    const late = said(({ voice, expectObservable }) => {
      expectObservable(voice.heard$).toBe('60ms a 19ms b 14ms c', { a: 'frame 0', b: 'frame 1', c: 'frame 2' });
      expectObservable(connected$(voice).pipe(useSession(playing), map(() => 1)), '110ms !').toBe('60ms (ee) 16ms e 19ms e', { e: 1 });
    });
    expect(late).toBe(
      [
        "c = 'frame 2', expected at 95 ms, came 5 ms late, at 100 ms",
        '',
        'time      60  80  95  100  ms',
        'expected  a---b---c--------',
        'actual    a---b-------c----',
        '                  ^',
        "  a  'frame 0'",
        "  b  'frame 1'",
        "  c  'frame 2'",
        '',
        "expected as marbles: '60ms a 19ms b 14ms c'",
        "what came, as marbles: '60ms a 19ms b 19ms c'",
      ].join('\n'),
    );
  });

  it.each<[string, string, string, string]>([
    ['too early', '-----a', '---a', 'a came at 3 ms, 2 ms early: it was expected at 5 ms'],
    ['missing', '-a-b', '-a', 'b, expected at 3 ms, did not come'],
    ['too much', '-a', '-a-b', 'b came at 3 ms, and was not expected'],
    ['another', '-a', '-b', 'at 1 ms came b, expected was a'],
    ['another order', '(ab)', '(ba)', 'at 0 ms came b, expected was a'],
    ['no end', '-a|', '-a', 'completion, expected at 2 ms, did not come'],
    ['a failure', '-a|', '-a#', "at 2 ms came the error 'error', expected was completion"],
  ])('says what is %s', (_, expected, actual, words) => {
    expect(said(({ cold, expectObservable }) => expectObservable(cold(actual)).toBe(expected)).split('\n')[0]).toBe(words);
  });

  it('shows of a long play what is around the first difference', () => {
    const lines = said(({ expectObservable }) => expectObservable(interval(20), '2s !').toBe('20ms a 19ms b', { a: 0, b: 1 })).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'c = 2 came at 60 ms, and was not expected',
      '',
      'time      20  40  60  80  100  120  140  160  180 … ms',
      'expected  a---b------------------------------------…',
      'actual    a---b---c---d---e----f----g----h----i----…',
      '                  ^',
    ]);
  });

  it('says all that is wrong at once, the stack of each at its expectation', () => {
    const error = failure(({ expectObservable }) => {
      expectObservable(of(1)).toBe('(a|)', { a: 2 });
      expectObservable(of(1)).toBe('-');
    }) as AggregateError;
    expect(error.message).toMatch(/^2 things are wrong\n\n1\. at 0 ms came b = 1, expected was a = 2[^]*\n\n2\. a = 1 came at 0 ms, and was not expected/);
    for (const each of error.errors as Error[]) expect([each instanceof TimelineError, each.stack]).toEqual([true, expect.stringContaining('voice-test.test.ts')]);
  });

  it('takes the matchers of the runner as values, and compares errors by name and message', () => {
    voiceTest(({ expectObservable }) => {
      expectObservable(of({ at: 1, list: [{ x: 7 }] })).toBe('(a|)', { a: { at: expect.any(Number) as number, list: [expect.objectContaining({ x: 7 })] } });
      expectObservable(throwError(() => new RangeError('no'))).toBe('#', undefined, new RangeError('no'));
    });
    expect(said(({ expectObservable }) => expectObservable(throwError(() => new RangeError('no'))).toBe('#', undefined, new Error('no')))).toMatch(/^at 0 ms came the error RangeError: no/);
    for (const [is, should] of [[{ a: 1, b: undefined }, { a: 1 }], [[1, 2], [1]], [new Map([[1, 2]]), new Map([[1, 3]])], [Uint8Array.of(1), Uint8Array.of(2)], [null, {}]]) {
      expect(said(({ expectObservable }) => expectObservable(of(is)).toBe('(a|)', { a: should }))).toMatch(/^at 0 ms came/);
    }
  });
});

describe('the end of a voiceTest', () => {
  it('comes though a session beats its heart for ever: it is left, and nothing of that is told', () => {
    voiceTest(({ voice, expectObservable, expectSubscriptions, cold }) => {
      const wishes$ = cold('-');
      expectObservable(voice.deeds$).toBe('j', { j: 'joins 20 of guild 10' });
      expectObservable(connected$(voice).pipe(useSession(() => wishes$))).toBe('-');
      expectSubscriptions(wishes$.subscriptions).toBe('60ms ^');
    });
  });

  it('is told of where something is expected after it', () => {
    const late = failure(({ expectObservable }) => expectObservable(interval(1_000).pipe(map(() => 'x'))).toBe('1s x 9s y'), { until: 1_500 });
    expect(late?.message).toMatch(/the test was over at 1500 ms, before all of this could come: the option until says when$/);
    expect(late?.stack?.split('\n').find((line) => /^ +at /.test(line))).toContain('voice-test.test.ts');
  });

  it('may be said to come earlier or later, and holds up nobody who has done by then', () => {
    const left: string[] = [];
    for (const until of [1_000, 3_600_000]) {
      voiceTest(({ voice, expectObservable }) => {
        voice.deeds$.subscribe((deed) => left.push(`${asyncScheduler.now()} ${deed}`));
        expectObservable(connected$(voice).pipe(map(() => 'ready'))).toBe('60ms r', { r: 'ready' });
      }, { until }); // prettier-ignore
    }
    expect(left).toEqual(['0 joins 20 of guild 10', '1000 leaves guild 10', '0 joins 20 of guild 10', '3600000 leaves guild 10']);
    let over = -1;
    voiceTest(({ expectObservable }) => expectObservable(timer(5).pipe(tap(() => (over = 5)))).toBe('5ms (a|)', { a: 0 }));
    expect(over).toBe(5);
  });

  it('finds who subscribes and never lets go', () => {
    expect(said(({ voice }) => void connected$(voice).subscribe())).toMatch(/^stays-behind: bot 30 is still in channel 20 of guild 10/);
    // The test's bot is unsubscribed; work that the bot subscribed to itself is not.
    expect(said(({ voice, expectObservable }) => expectObservable(connected$(voice).pipe(map(() => interval(1_000).subscribe()), map(() => 1))).toBe('60ms a', { a: 1 }))).toMatch(/^leaks-subscription: a timer is still set a minute after/);
  });

  it('leaves a mistake alone that the bot is free to make', () => {
    voiceTest(({ voice }) => void connected$(voice).subscribe(), { allow: ['stays-behind'] });
    expect(failure(({ voice }) => void voice.gateway.subscribe())).toMatchObject({ name: 'BotMistakeError', mistake: 'leaks-subscription' });
    voiceTest(({ voice }) => void voice.gateway.subscribe(), { allow: ['leaks-subscription'] });
  });

  it('ends a loop in which no time goes by', () => {
    expect(said(() => void timer(0).pipe(repeat()).subscribe({ error: () => undefined }))).toMatch(/^100000 timers were set at 0 ms of virtual time/);
  });

  it('is where flush comes to, which tells of what is wrong so far', () => {
    const heard: number[] = [];
    voiceTest(({ voice, flush }) => {
      voice.packets$.subscribe(({ sequence }) => heard.push(sequence));
      connected$(voice).pipe(useSession(playing)).subscribe();
      flush();
      expect(heard).toHaveLength(3); // the five silence frames are not sent after the bot has left
    });
    expect(said(({ expectObservable, flush }) => {
      expectObservable(of(1)).toBe('-');
      flush();
      throw new Error('too late');
    })).toMatch(/^a = 1 came/); // prettier-ignore
  });

  it('is not waited for by an async body, which is refused; what the body throws is thrown', () => {
    expect(failure((async () => undefined) as () => void)).toMatchObject({ name: 'TypeError', message: expect.stringMatching(/is async/) });
    expect(failure(() => { throw new RangeError('mine'); })).toBeInstanceOf(RangeError); // prettier-ignore
    expect(said(({ expectObservable }) => expectObservable(concat(of(1), NEVER)).toBe('a', { a: 1 }))).toBe('passes');
  });
});
