/** What a loop receives from a stream that does not wait for it. A loop is simulated by the moments at which it asks for a value. */
import { of, Subject, take, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { asyncIterable, IterationOverflowError, type AsyncIterableOptions } from '../../src/index.js';
import { virtualTime } from '../support/virtual-time.js';

const FAILURE = new Error('of the source');

interface Story {
  readonly source: string;
  /** Each letter is a moment at which the loop asks for the next value; at `!` the loop is left. */
  readonly loop: string;
  /** When the source was subscribed to, as a marble diagram. */
  readonly listens: string;
}

/** The answer to each request: the value, `|` or `#`, in the order of the requests. A request that is never answered is left out. */
async function answers(story: Story, options: AsyncIterableOptions = {}): Promise<string[]> {
  const told: Promise<string>[] = [];
  const answered: string[] = [];
  virtualTime(({ cold, expectSubscriptions }) => {
    const source$ = cold(story.source, undefined, FAILURE);
    const iterator = asyncIterable(source$, options)[Symbol.asyncIterator]();
    cold(story.loop.replace('!', 'L')).subscribe((step) => {
      if (step === 'L') void iterator.return!();
      else told.push(iterator.next().then(({ done, value }) => (done === true ? '|' : String(value)), (error: unknown) => (error === FAILURE ? '#' : String(error)))); // prettier-ignore
    });
    expectSubscriptions(source$.subscriptions).toBe(story.listens === '' ? [] : story.listens);
  });
  told.forEach((answer, index) => void answer.then((text) => (answered[index] = text)));
  // Virtual time is over: everything that will be answered has been, and the promises settle within this turn.
  await new Promise(setImmediate);
  return answered;
}

describe('a loop', () => {
  const BUSY = { source: 'a-b-c-d-e-|', loop: 'x----x----x----x----x----x', listens: '^---------!' };

  it.each<[AsyncIterableOptions['policy'] & string, string[]]>([
    ['buffer', ['a', 'b', 'c', 'd', 'e', '|']],
    ['latest', ['a', 'c', 'e', '|', '|', '|']],
    ['drop', ['a', 'd', '|', '|', '|', '|']],
    ['conflate', ['a', 'b,c', 'd,e', '|', '|', '|']],
  ])('that is busy with each value for five frames, by %s', async (policy, expected) => {
    expect(await answers(BUSY, { policy })).toEqual(expected);
  });

  it.each<[string, Story, string[]]>([
    ['never', { source: '--', loop: 'x', listens: '^' }, []],
    ['empty', { source: '--|', loop: 'x', listens: '^-!' }, ['|']],
    ['one', { source: '--a--|', loop: 'x--x', listens: '^----!' }, ['a', '|']],
    ['error, after the values before it, and once', { source: '-ab#', loop: 'x-----x-x-x', listens: '^--!' }, ['a', 'b', '#', '|']],
    ['endless, and left while it is busy', { source: 'a-b-c-d-e-f-g-', loop: 'x---x!', listens: '^----!' }, ['a', 'b']],
    ['left while it waits', { source: '--------a', loop: 'x--!', listens: '^--!' }, ['|']],
    ['left with a failure that it has not seen', { source: 'a-#', loop: 'x---!x', listens: '^-!' }, ['a', '|']],
    ['left before it began', { source: '-a-', loop: '!x', listens: '' }, ['|']],
    ['which subscribes when it begins, and not before', { source: '-a|', loop: '---x', listens: '---^-!' }, ['a']],
    ['which asks for several at a time', { source: 'a--b--|', loop: '(xxx)', listens: '^-----!' }, ['a', 'b', '|']],
  ])('%s', async (_, story, expected) => expect(await answers(story)).toEqual(expected));
});

describe('a buffer that is full', () => {
  const FULL = { source: 'a-b-c-d-e-|', loop: 'x---------x-x-x-x' };
  const buffer = (overflow: 'error' | 'drop-oldest' | 'drop-newest'): AsyncIterableOptions => ({ buffer: { values: 2, overflow } });

  it('errors, after what waits, and lets go of the source at once', async () => {
    const told = await answers({ ...FULL, listens: '^-----!' }, buffer('error'));
    expect(told).toEqual(['a', 'b', 'c', String(new IterationOverflowError(2)), '|']);
  });

  it('loses the oldest', async () =>
    expect(await answers({ ...FULL, listens: '^---------!' }, buffer('drop-oldest'))).toEqual(['a', 'd', 'e', '|', '|']));
  it('loses the newest', async () =>
    expect(await answers({ ...FULL, listens: '^---------!' }, buffer('drop-newest'))).toEqual(['a', 'b', 'c', '|', '|']));
  it('bounds a conflation, too', async () => {
    const told = await answers({ ...FULL, listens: '^---------!' }, { policy: 'conflate', ...buffer('drop-oldest') });
    expect(told).toEqual(['a', 'd,e', '|', '|', '|']);
  });
});

describe('for await', () => {
  it('unsubscribes by break, by return and by an error in its body', async () => {
    const leave: ((source$: Observable<number>) => Promise<unknown>)[] = [
      async (source$) => {
        for await (const value of asyncIterable(source$)) if (value === 2) break;
      },
      async (source$) => {
        for await (const value of asyncIterable(source$)) if (value === 2) return value;
        return undefined;
      },
      async (source$) => {
        for await (const value of asyncIterable(source$)) if (value === 2) throw FAILURE;
      },
    ];
    for (const loop of leave) {
      const source$ = new Subject<number>();
      const left = loop(source$).catch((error: unknown) => error);
      expect(source$.observed).toBe(true);
      source$.next(1);
      source$.next(2);
      expect([undefined, 2, FAILURE]).toContain(await left);
      expect(source$.observed).toBe(false);
    }
  });

  it('reads a source that gives everything at once, and each loop anew', async () => {
    const values = asyncIterable(of(1, 2, 3));
    for (let again = 0; again < 2; again++) {
      const seen: number[] = [];
      for await (const value of values) seen.push(value);
      expect(seen).toEqual([1, 2, 3]);
    }
  });

  it('stops a source without end that gives everything at once', async () => {
    let given = 0;
    const endless$ = of(...Array.from({ length: 10_000 }, (_, i) => i)).pipe(take(Infinity));
    await expect(async () => {
      for await (const _ of asyncIterable(endless$)) given += 1;
    }).rejects.toThrow(IterationOverflowError);
    // The first value was requested; the other 3000 are what the buffer holds.
    expect(given).toBe(3_001);
  });

  it.each([
    [{ policy: 'newest' }, /^policy: must be one of buffer, latest, drop, conflate/],
    [{ buffer: { values: 0, overflow: 'error' } }, /^buffer\.values: must be a whole number of values, 1 or more/],
    [{ buffer: { values: 5 } }, /^buffer\.overflow: is missing/],
    [{ polcy: 'drop' }, /did you mean 'policy'/],
  ])('refuses %j', (options, text) => {
    expect(() => asyncIterable(of(1), options as AsyncIterableOptions)).toThrow(text);
  });

  it('refuses what is no Observable', () => {
    expect(() => asyncIterable([1, 2] as unknown as Observable<number>)).toThrow(/source\$: must be an Observable/);
  });
});
