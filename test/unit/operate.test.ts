import { Observable, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { firstFollowedBy, followedBy, listen, operate, type Operation } from '../../src/operate.js';
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

describe('firstFollowedBy', () => {
  it.each([
    ['a source that never emits', '---', '-b-|', '---'],
    ['an empty one', '--|', '-b-|', '--|'],
    ['one value, and the source lives on', 'a-----', '-b-|', '-b-|'],
    ['an error before the value', '--#', '-b-|', '--#'],
    ['an error of what follows', '-a----', '-b-#', '--b-#'],
    ['the loss of the source meanwhile, and more of its values', 'aa-#', '-b-----', '-b-----'],
    ['what follows without an end', 'a-', '-b-b-', '-b-b-'],
  ])('%s', (_, source, follows, result) => {
    virtualTime(({ cold, expectObservable }) => expectObservable(cold(source).pipe(firstFollowedBy(() => cold(follows)))).toBe(result));
  });

  it('lets go of the source before what follows is made, and of that early', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [source, endless] = [cold('-a-a--'), cold('b-b-b')];
      expectObservable(source.pipe(firstFollowedBy(() => endless)), '^--!').toBe('-b-');
      expectObservable(source.pipe(firstFollowedBy(() => endless)), '^!').toBe('--');
      expectSubscriptions(source.subscriptions).toBe(['^!', '^!']);
      expectSubscriptions(endless.subscriptions).toBe('-^-!');
    });
    const source = new Subject<number>();
    const seen: unknown[] = [];
    const follows = (): Observable<never> => {
      seen.push(source.observed);
      throw new Error('ours');
    };
    source.pipe(firstFollowedBy(follows)).subscribe({ error: (error: unknown) => seen.push(error) });
    source.next(1);
    expect(seen).toEqual([false, new Error('ours')]);
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
