/** Foreign Observables can be played and iterated. The opposite direction is tested in test/interop/symbol-observable.test.ts. */
import { from as fromRxjs, lastValueFrom, Observable, of, Subject, take, toArray } from 'rxjs';
import { just, periodic } from 'most';
import { describe, expect, it } from 'vitest';
import { asyncIterable, connectVoice$, useSession, type ObservableLike } from '../../src/index.js';
import { toObservable } from '../../src/observable-like.js';
import { testFrames } from '../../src/testing/index.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

/** The platform's Observable, as far as needed: subscribing returns nothing, and an AbortSignal stops it. */
class PlatformObservable<T> implements ObservableLike<T> {
  constructor(readonly source$: Observable<T>) {}

  subscribe(
    observer: { next(value: T): void; error(error: unknown): void; complete(): void },
    options: { readonly signal?: AbortSignal } = {},
  ): void {
    const subscription = this.source$.subscribe(observer);
    options.signal?.addEventListener('abort', () => subscription.unsubscribe());
  }
}

/** Supports only the protocol of `Symbol.observable`, by the string that replaces the symbol where there is none. */
const bare = <T>(source$: Observable<T>): ObservableLike<T> =>
  ({
    '@@observable': () => ({ subscribe: (observer: Parameters<Observable<T>['subscribe']>[0]) => source$.subscribe(observer) }),
  }) as unknown as ObservableLike<T>;

/** Uses the symbol that a library has defined, whether before or after RxJS was loaded. */
const bySymbol = <T>(source$: Observable<T>): ObservableLike<T> => {
  const key = (Symbol as { observable?: symbol }).observable;
  expect(key, 'most brings one').toBeTypeOf('symbol');
  return {
    [key!]: () => ({ subscribe: (observer: Parameters<Observable<T>['subscribe']>[0]) => source$.subscribe(observer) }),
  } as unknown as ObservableLike<T>;
};

const KINDS: readonly (readonly [string, <T>(source$: Observable<T>) => ObservableLike<T>])[] = [
  ['the platform', (source$) => new PlatformObservable(source$)],
  ['another library, by the string', bare],
  ['another library, by the symbol', bySymbol],
];

describe.each(KINDS)('an Observable of %s', (_, kind) => {
  it('gives what it gives, to its end', async () => {
    expect(await lastValueFrom(toObservable(kind(of(1, 2, 3)))!.pipe(toArray()))).toEqual([1, 2, 3]);
  });

  it('fails as it fails', async () => {
    const failure = new Error('of theirs');
    const failing$ = new Observable<number>((subscriber) => subscriber.error(failure));
    await expect(lastValueFrom(toObservable(kind(failing$))!)).rejects.toBe(failure);
  });

  it('is let go of, also within the call that subscribes', () => {
    const source$ = new Subject<number>();
    const subscription = toObservable(kind(source$))!.subscribe();
    expect(source$.observed).toBe(true);
    subscription.unsubscribe();
    expect(source$.observed).toBe(false);
    const seen: unknown[] = [];
    toObservable(kind(of(1, 2, 3)))!
      .pipe(take(1))
      .subscribe((value) => seen.push(value));
    expect(seen).toEqual([1]);
  });

  it('is played', () => {
    const heard: number[] = [];
    virtualTime(() => {
      const { voice, options } = world();
      voice.packets$.subscribe(({ payload }) => heard.push(payload[2]!));
      connectVoice$(voice.gateway, IDS, options)
        .pipe(useSession((session) => session.play(kind(fromRxjs(testFrames(3))))))
        .subscribe();
    });
    // Silence frames follow.
    expect(heard.slice(0, 3)).toEqual(testFrames(3).map((frame) => frame[2]));
  });

  it('is iterated', async () => {
    const seen: number[] = [];
    for await (const value of asyncIterable(kind(of(1, 2, 3)))) seen.push(value);
    expect(seen).toEqual([1, 2, 3]);
  });
});

/** Loaded after RxJS, so RxJS does not know the symbol that it defines: `from()` of RxJS refuses its streams. */
describe('a stream of most', () => {
  it('gives what it gives', async () => {
    expect(() => fromRxjs(just(1) as never)).toThrow(TypeError);
    const numbers$ = toObservable<number>(just(1).concat(just(2)))!;
    expect(await lastValueFrom(numbers$.pipe(toArray()))).toEqual([1, 2]);
  });

  it('ends when it is let go of', async () => {
    expect(await lastValueFrom(toObservable<number>(periodic(1).constant(7))!.pipe(take(2), toArray()))).toEqual([7, 7]);
  });
});

describe('what is none', () => {
  it.each([null, undefined, 1, 'a', {}, [], () => undefined, new Map()])('%o', (value) => expect(toObservable(value)).toBeUndefined());
});
