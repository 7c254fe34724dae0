import { EMPTY, NEVER, of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TIMEOUTS } from '../../../../src/driver/deadlines.js';
import { inStage, LIKELY_CAUSES, type StageOptions } from '../../../../src/driver/connection/stages.js';
import { asyncScheduler } from 'rxjs';
import { VoiceTimeoutError } from '../../../../src/errors.js';
import type { ConnectStage } from '../../../../src/types.js';
import { READ_MS, stallingScheduler } from '../../../support/stalling-scheduler.js';
import { virtualTime } from '../../../support/virtual-time.js';

function stages(entered: string[] = []): StageOptions {
  return {
    timeouts: { ...DEFAULT_TIMEOUTS, hello: 50 },
    scheduler: asyncScheduler,
    enter: (stage) => entered.push(stage),
  };
}

const timedOut = new VoiceTimeoutError('hello', 50, LIKELY_CAUSES.hello);

describe('inStage', () => {
  it('passes a value that comes in time, and all after it at whatever pace', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('40ms a 200ms b 200ms |');
      expectObservable(source.pipe(inStage('hello', stages()))).toBe('40ms a 200ms b 200ms |');
      expectSubscriptions(source.subscriptions).toBe('^ 441ms !');
    });
  });

  it('errors when the first value does not come in time, and unsubscribes from the source', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('60ms a');
      expectObservable(source.pipe(inStage('hello', stages()))).toBe('50ms #', {}, timedOut);
      expectSubscriptions(source.subscriptions).toBe('^ 49ms !');
      expectObservable(NEVER.pipe(inStage('hello', stages()))).toBe('50ms #', {}, timedOut);
    });
  });

  it('of a process that stood still errors behind what it has read then, or passes it', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const standing = { ...stages(), scheduler: stallingScheduler(20, 300) };
      const source = cold('301ms a');
      expectObservable(source.pipe(inStage('hello', standing))).toBe('301ms a');
      expectObservable(NEVER.pipe(inStage('hello', standing))).toBe(`${300 + READ_MS}ms #`, {}, timedOut);
      expectObservable(source.pipe(inStage('hello', standing)), '300ms !').toBe('-');
      expectSubscriptions(source.subscriptions).toBe(['^', '^ 299ms !']);
    });
  });

  it('passes an end and an error on', () => {
    virtualTime(({ cold, expectObservable }) => {
      expectObservable(EMPTY.pipe(inStage('hello', stages()))).toBe('|');
      expectObservable(of('a').pipe(inStage('hello', stages()))).toBe('(a|)');
      expectObservable(cold('--#', {}, 'lost').pipe(inStage('hello', stages()))).toBe('--#', {}, 'lost');
    });
  });

  it('has no deadline left after it is unsubscribed while waiting', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const source = cold<string>('-');
      expectObservable(source.pipe(inStage('hello', stages())), '^---!').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^---!');
      flush();
      expect(asyncScheduler.now()).toBeLessThan(50);
    });
  });

  it('tells of the stage when it begins, each time', () => {
    const entered: string[] = [];
    const staged$ = of(1).pipe(inStage('ready', stages(entered)));
    expect(entered).toEqual([]);
    staged$.subscribe();
    staged$.subscribe();
    expect(entered).toEqual(['ready', 'ready']);
  });

  it('is followed by what it was for: as by followedBy, with a deadline for the value and none for what follows', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const staged = (source: string, follows: string): Observable<string> => cold(source).pipe(inStage('hello', stages(), () => cold(follows)));
      expectObservable(staged('---', '-b')).toBe('50ms #', {}, timedOut);
      expectObservable(staged('--|', '-b')).toBe('--|');
      expectObservable(staged('-a|', '-b 100ms b|')).toBe('--b 100ms b|');
      expectObservable(staged('-a----', '-b-#')).toBe('--b-#');
      expectObservable(staged('-a--#', '-b----')).toBe('--b-#');
      expectObservable(staged('-#', '-b')).toBe('-#');
      const [source, endless] = [cold('-a'), cold('b-b-b')];
      const lives$ = source.pipe(inStage('hello', stages(), () => endless));
      expectObservable(lives$, '^!').toBe('--');
      expectObservable(lives$, '^--!').toBe('-b-');
      expectSubscriptions(source.subscriptions).toBe(['^!', '^--!']);
      expectSubscriptions(endless.subscriptions).toBe('-^-!');
    });
  });

  it.each<[ConnectStage, number, RegExp]>([
    ['socket', 10_000, /did not open\. A firewall or proxy may block outgoing TLS/],
    ['hello', 5_000, /said nothing\. The endpoint may not be a voice server/],
    ['ready', 5_000, /did not answer Identify\. The bot may be in this channel from another process/],
    ['discovery', 6_000, /no UDP datagram came back\..* allow UDP to ports 50000-65535$/],
    ['description', 5_000, /did not answer Select Protocol/],
    ['dave', 10_000, /group was not made\. Another member may not answer, or the DAVE provider/],
  ])('names the stage %s, its deadline and what is likely behind it', (stage, ms, cause) => {
    const errors: unknown[] = [];
    virtualTime(({ flush }) => {
      const options = { ...stages(), timeouts: DEFAULT_TIMEOUTS };
      NEVER.pipe(inStage(stage, options)).subscribe({ error: (error: unknown) => errors.push(error, asyncScheduler.now()) });
      flush();
    });
    expect(errors).toEqual([expect.objectContaining({ stage, ms, likelyCause: expect.stringMatching(cause) as string }), ms]);
    expect((errors[0] as Error).message.startsWith(`voice stage '${stage}' took more than ${ms} ms: `)).toBe(true);
  });
});
