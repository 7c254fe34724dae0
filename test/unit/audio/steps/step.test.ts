import { EMPTY, NEVER, concat, from, of, take, throwError, type Observable } from 'rxjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chain, pcmFilter, type PcmFilter, type PcmStep } from '../../../../src/audio/index.js';
import { collect } from '../../../support/collect.js';
import { virtualTime } from '../../../support/virtual-time.js';

/** Holds back the last sample pair, and counts the open steps. */
function late(): { readonly filter: PcmFilter; readonly open: () => number } {
  let open = 0;
  const start = (): PcmStep => {
    let held = new Float32Array(0);
    open += 1;
    return {
      step: (samples) => {
        const all = Float32Array.of(...held, ...samples);
        held = all.slice(-2);
        return all.subarray(0, all.length - held.length);
      },
      flush: () => held,
      free: () => (open -= 1),
    };
  };
  return { filter: pcmFilter(start), open: () => open };
}

const half = pcmFilter(() => ({ step: (samples) => samples.map((x) => x / 2) }));
const double = pcmFilter(() => ({ step: (samples) => samples.map((x) => x * 2) }));
const flat = (pieces: readonly Int16Array[]): number[] => pieces.flatMap((piece) => [...piece]);
const samples = fc.array(fc.array(fc.integer({ min: -32_768, max: 32_767 }), { maxLength: 9 }), { maxLength: 9 });

describe('a filter as an operator', () => {
  const P = { a: Int16Array.of(1, 2), b: Int16Array.of(3, 4), c: Int16Array.of(5, 6) };
  it.each([
    ['never', '-', '^----!', '-', '^----!'],
    ['empty', '---|', '', '---|', '^--!'],
    ['one', '-a-|', '', '---(a|)', '^--!'],
    ['several', '-a-b-c|', '', '---a-b(c|)', '^-----!'],
    ['an error: what was held back comes first', '-a-b-#', '', '---a-(b#)', '^----!'],
    ['endless', '-a-b-c', '^------!', '---a-b-', '^------!'],
    ['early unsubscribe', '-a-b-c|', '^---!', '---a-', '^---!'],
  ])('%s', (_what, source, until, wanted, subscription) => {
    const { filter, open } = late();
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const pcm = cold(source, P);
      expectObservable(pcm.pipe(filter), until === '' ? undefined : until).toBe(wanted, P);
      expectSubscriptions(pcm.subscriptions).toBe(subscription);
    });
    expect(open()).toBe(0);
  });

  it('has a step of its own for each subscriber', () => {
    const { filter } = late();
    const pcm$ = of(P.a, P.b).pipe(filter);
    const heard: number[][] = [[], []];
    heard.forEach((list) => pcm$.subscribe((pcm) => list.push(...pcm)));
    expect(heard).toEqual([[1, 2, 3, 4], [1, 2, 3, 4]]); // prettier-ignore
  });

  it('tells an error of its step, and asks it for nothing more', () => {
    let flushed = 0;
    const failing = pcmFilter(() => ({
      step: () => {
        throw new Error('mine');
      },
      flush: () => Float32Array.of(flushed++, 0),
    }));
    const said: unknown[] = [];
    of(P.a)
      .pipe(failing)
      .subscribe({ next: (pcm) => said.push(pcm), error: (error: Error) => said.push(error.message) });
    expect([said, flushed]).toEqual([['mine'], 0]);
  });
});

describe('a filter as a map of iterables', () => {
  it('is worked out as it is iterated, and lets go when the loop is left', () => {
    const { filter, open } = late();
    let asked = 0;
    let released = 0;
    function* source(): Generator<Int16Array, void> {
      try {
        for (;;) yield Int16Array.of(asked++, 0);
      } finally {
        released += 1;
      }
    }
    for (const piece of filter(source())) if (piece[0] === 3) break;
    expect([asked, released, open()]).toEqual([5, 1, 0]);
  });

  it('gives what was held back before an error of the source', async () => {
    const { filter, open } = late();
    const source = async function* (): AsyncGenerator<Int16Array, void> {
      yield Int16Array.of(1, 2);
      throw new Error('cut off');
    };
    const { items, error } = await collect(filter(source()));
    expect([flat(items), (error as Error).message, open()]).toEqual([[1, 2], 'cut off', 0]);
    const loop = function* (): Generator<Int16Array, void> {
      yield Int16Array.of(1, 2);
      throw new Error('cut off');
    };
    const heard: number[] = [];
    expect(() => {
      for (const piece of filter(loop())) heard.push(...piece);
    }).toThrow('cut off');
    expect([heard, open()]).toEqual([[1, 2], 0]);
  });

  it('lets go of a source that stalls, while it is waited for', async () => {
    const { filter, open } = late();
    let released = 0;
    let wake: (() => void) | undefined;
    const source: AsyncIterable<Int16Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise((resolve) => (wake = () => resolve({ done: true, value: undefined }))),
        return: async () => {
          released += 1;
          wake?.();
          return { done: true, value: undefined };
        },
      }),
    };
    const iterator = filter(source)[Symbol.asyncIterator]();
    const pending = iterator.next();
    expect(await iterator.return!()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect([released, open()]).toEqual([1, 0]);
  });

  it('that nobody has begun to read needs nothing to be let go of', async () => {
    const { filter, open } = late();
    const iterator = filter((async function* () {})())[Symbol.asyncIterator]();
    await iterator.return!();
    expect(open()).toBe(0);
  });

  it.each([
    ['an array', new Int16Array(2)],
    ['nothing', undefined],
    ['a number', 3],
    ['null', null],
  ])('refuses %s', (_what, input) => {
    expect(() => half(input as never)).toThrow(/\[array\]/);
  });

  it.each([
    ['bytes', Buffer.alloc(4), /raw/],
    ['floats', new Float32Array(2), /Int16Array/],
    ['null', null, /Int16Array/],
  ])('refuses pieces of %s', (_what, piece, why) => {
    expect(() => [...half([piece as never])]).toThrow(why);
  });
});

describe('the three ways', () => {
  it('give the same, however the sound is cut, also between left and right', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async (cut) => {
        const { filter } = late();
        const pieces = cut.map((piece) => Int16Array.from(piece));
        const whole = flat(pieces).slice(0, flat(pieces).length & ~1);
        const observed: Int16Array[] = [];
        from(pieces)
          .pipe(filter)
          .subscribe((pcm) => observed.push(pcm));
        expect(flat(observed)).toEqual(whole);
        expect(flat([...filter(pieces)])).toEqual(whole);
        const { items } = await collect(filter((async function* () { yield* pieces; })())); // prettier-ignore
        expect(flat(items)).toEqual(whole);
        expect(flat([...filter(pieces.map((pcm) => ({ pcm })))])).toEqual(whole);
      }),
    );
  });
});

describe('a chain', () => {
  it('of none changes nothing', () => {
    fc.assert(
      fc.property(samples, (cut) => {
        const whole = cut.flat();
        expect(flat([...chain()(cut.map((piece) => Int16Array.from(piece)))])).toEqual(whole.slice(0, whole.length & ~1));
      }),
    );
  });

  it('does not cut off or round between two filters', () => {
    const loud = Int16Array.of(32_767, -32_768, 1, 3);
    expect(flat([...chain(double, double, half, half)([loud])])).toEqual([...loud]);
    expect(flat([...chain(half, half, double, double)([loud])])).toEqual([...loud]);
    expect(flat([...chain(double)([loud])])).toEqual([32_767, -32_768, 2, 6]);
  });

  it('passes on what each held back, in the order of the sound', () => {
    const { filter, open } = late();
    const all = Array.from({ length: 12 }, (_, i) => i);
    const pieces = [all.slice(0, 4), all.slice(4, 6), all.slice(6)].map((piece) => Int16Array.from(piece));
    expect(flat([...chain(filter, filter, chain(filter))(pieces)])).toEqual(all);
    expect(open()).toBe(0);
  });

  it('lets go of those that were begun where one cannot be', () => {
    const { filter, open } = late();
    const broken = pcmFilter(() => {
      throw new Error('none of it');
    });
    expect(() => [...chain(filter, broken)([Int16Array.of(1, 2)])]).toThrow('none of it');
    expect(open()).toBe(0);
  });

  it('is an operator whose type is inferred in a pipe', () => {
    const pcm$: Observable<Int16Array> = concat(of(Int16Array.of(2, 4)), NEVER).pipe(chain(half), take(1));
    const heard: Int16Array[] = [];
    pcm$.subscribe((pcm) => heard.push(pcm));
    expect(flat(heard)).toEqual([1, 2]);
    of({ pcm: Int16Array.of(8, 6), ssrc: 1 }).pipe(half).subscribe((pcm) => expect([...pcm]).toEqual([4, 3])); // prettier-ignore
    EMPTY.pipe(chain(half)).subscribe({ next: () => expect.unreachable() });
    throwError(() => 'no').pipe(half).subscribe({ error: (error) => expect(error).toBe('no') }); // prettier-ignore
  });

  it('makes silence of what is no number', () => {
    const odd = pcmFilter(() => ({ step: () => Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0) }));
    expect(flat([...odd([Int16Array.of(1, 1)])])).toEqual([0, 32_767, -32_768, 0]);
  });
});
