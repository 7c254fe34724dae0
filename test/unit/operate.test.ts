import { EMPTY, NEVER, Observable, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { alongside, followedBy, listen, operate, type Operation } from '../../src/operate.js';
import { virtualTime } from '../support/virtual-time.js';

const through = (source: Observable<string>, operation: Omit<Operation<string, string>, 'destination'> = {}): Observable<string> =>
  new Observable((subscriber) => void source.subscribe(operate<string>({ destination: subscriber, ...operation })));

describe('operate', () => {
  it.each(['-', '|', '(a|)', '#', '-a-b', '-a-b-#', '-a-b-|'])('without handlers hands everything on: %s', (diagram) => {
    virtualTime(({ cold, expectObservable }) => expectObservable(through(cold(diagram))).toBe(diagram));
  });

  it('turns a completion, or an error, that its handler takes into silence, and lets go of the source', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [ends, fails] = [cold('-a-|'), cold('-a-#')];
      expectObservable(through(ends, { complete: () => undefined })).toBe('-a--');
      expectObservable(through(fails, { error: () => undefined })).toBe('-a--');
      for (const { subscriptions } of [ends, fails]) expectSubscriptions(subscriptions).toBe('^--!');
    });
  });

  it('errors with what a handler throws', () => {
    const thrown = (): never => {
      throw new Error('ours');
    };
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const endless = cold('-a-b');
      expectObservable(through(endless, { next: thrown })).toBe('-#', {}, new Error('ours'));
      expectSubscriptions(endless.subscriptions).toBe('^!');
      expectObservable(through(cold('--#'), { error: thrown })).toBe('--#', {}, new Error('ours'));
      expectObservable(through(cold('--|'), { complete: thrown })).toBe('--#', {}, new Error('ours'));
    });
  });

  it('reaches a source that is left while it is being subscribed to', () => {
    const source = new Observable<string>((subscriber) => {
      subscriber.next('a');
      expect(subscriber.closed).toBe(true);
    });
    const seen: string[] = [];
    const subscription = new Subject<void>();
    new Observable<string>((subscriber) => {
      subscription.subscribe(() => subscriber.unsubscribe());
      source.subscribe(operate<string>({ destination: subscriber, next: (value) => (seen.push(value), subscription.next()) }));
    }).subscribe();
    expect(seen).toEqual(['a']);
  });
});

describe('alongside', () => {
  it.each([
    ['nothing', '-', '-', '-'],
    ['a source that completes: the other lives on', '-a-|', '-----', '-a-'],
    ['an error of the other, also after the completion', '-a-|', '-----#', '-a---#'],
    ['an error of the source', '-a-#', '------', '-a-#'],
    ['an error of the other before all values', '-a', '#', '#'],
  ])('%s', (_, source, other, result) => {
    virtualTime(({ cold, expectObservable }) => expectObservable(cold(source).pipe(alongside(cold<never>(other)))).toBe(result));
  });

  it('lets go of both, early, and of each when the other fails', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [source, other, lost] = [cold('a-a-a-a'), cold<never>('------'), cold<never>('--#')];
      expectObservable(source.pipe(alongside(other)), '^--!').toBe('a-a');
      expectObservable(source.pipe(alongside(lost))).toBe('a-#');
      expectSubscriptions(other.subscriptions).toBe('^--!');
      expectSubscriptions(source.subscriptions).toBe(['^--!', '^-!']);
    });
  });

  it('does not subscribe to the source where another has failed already', () => {
    let asked = 0;
    const source = new Observable<number>(() => void (asked += 1));
    const failed = new Observable<never>((subscriber) => subscriber.error('over'));
    source.pipe(alongside(NEVER, failed)).subscribe({ error: () => undefined });
    expect(asked).toBe(0);
    const seen: unknown[] = [];
    of(1).pipe(alongside(NEVER)).subscribe({ next: (n) => seen.push(n), complete: () => seen.push('complete') });
    EMPTY.pipe(alongside(NEVER)).subscribe({ complete: () => seen.push('complete') });
    expect(seen).toEqual([1]);
  });
});

describe('followedBy', () => {
  it.each([
    ['a source that never emits', '---', '-b-|', '---'],
    ['an empty one', '--|', '-b-|', '--|'],
    ['one value, and the source lives on', 'a-----', '-b-|', '-b-|'],
    ['one value, and the source completes first', 'a|', '-b-|', '-b-|'],
    ['an error before the value', '--#', '-b-|', '--#'],
    ['an error of what follows', '-a----', '-b-#', '--b-#'],
    ['the loss of the source meanwhile', 'a--#', '-b----', '-b-#'],
    ['what follows without an end', 'a-', '-b-b-', '-b-b-'],
  ])('%s', (_, source, follows, result) => {
    virtualTime(({ cold, expectObservable }) => expectObservable(cold(source).pipe(followedBy(() => cold(follows)))).toBe(result));
  });

  it('lets go of both: early, while it waits, when what follows completes, and when the source fails', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [source, failing, endless, ends] = [cold('-a----'), cold('-a-#'), cold('b-b-b'), cold('b|')];
      expectObservable(source.pipe(followedBy(() => endless)), '^--!').toBe('-b-');
      expectObservable(source.pipe(followedBy(() => endless)), '^!').toBe('--');
      expectObservable(source.pipe(followedBy(() => ends))).toBe('-b|');
      expectObservable(failing.pipe(followedBy(() => endless))).toBe('-b-#');
      expectSubscriptions(source.subscriptions).toBe(['^--!', '^!', '^-!']);
      expectSubscriptions(endless.subscriptions).toBe(['-^-!', '-^-!']);
      expectSubscriptions(ends.subscriptions).toBe('-^!');
    });
  });

  it('errors with what is thrown in place of what follows, and subscribes to nothing for who has left meanwhile', () => {
    const thrown = (): never => {
      throw new Error('ours');
    };
    virtualTime(({ cold, expectObservable }) => expectObservable(cold('-a').pipe(followedBy(thrown))).toBe('-#', {}, new Error('ours')));
    let asked = 0;
    const follows = (): Observable<never> => {
      subscription.unsubscribe();
      return new Observable(() => void (asked += 1));
    };
    const source = new Subject<number>();
    const subscription = source.pipe(followedBy(follows)).subscribe();
    source.next(1);
    expect([asked, source.observed]).toEqual([0, false]);
  });
});

describe('listen', () => {
  const heard = (source$: Observable<string>, next: (value: string) => void): Observable<never> =>
    new Observable((subscriber) => listen(source$, subscriber, next));

  it.each([
    ['never', '-', '-', '^----!', []],
    ['empty', '|', '-', '(^!)', []],
    ['one', '-a|', '-', '^-!', ['a']],
    ['error', '-a#', '--#', '^-!', ['a']],
    ['endless', '-a-b-c-d', '-', '^----!', ['a', 'b']],
  ])('%s', (_, source, result, listens, told) => {
    const values: string[] = [];
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(source);
      expectObservable(heard(source$, (value) => values.push(value)), '^----!').toBe(result);
      expectSubscriptions(source$.subscriptions).toBe(listens);
    });
    expect(values).toEqual(told);
  });

  it('leaves a source that is still to say something, and one that is left as it speaks', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [waiting, left] = [cold('---a'), cold('-a-b')];
      expectObservable(heard(waiting, () => undefined), '^-!').toBe('-');
      expectSubscriptions(waiting.subscriptions).toBe('^-!');
      const subscription = heard(left, () => subscription.unsubscribe()).subscribe();
      expectSubscriptions(left.subscriptions).toBe('^!');
    });
  });

  it('errors with what the listener throws', () => {
    virtualTime(({ cold, expectObservable }) => {
      const thrown = (): never => {
        throw new Error('ours');
      };
      expectObservable(heard(cold('-a-b'), thrown)).toBe('-#', {}, new Error('ours'));
    });
  });
});
