import { EMPTY, Observable, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { recovering } from '../../../../src/driver/recovery/recovering.js';
import { virtualTime } from '../../../support/virtual-time.js';

describe('recovering', () => {
  it.each([
    ['a source that never emits', '---', '-x', '---', ['^']],
    ['an empty one', '--|', '-x', '--|', ['^-!']],
    ['one value', '-a|', '-x', '-a|', ['^-!']],
    ['values without an end', 'a-b-', '-x', 'a-b-', ['^']],
    ['an error, over and over', '-a#', '-x', '-a--a--a--a-', ['^-!', '---^-!', '------^-!', '---------^']],
    ['an error that nothing is made of yet', '-a#', '---', '-a---', ['^-!']],
    ['an error that stays one', '-a#', '-#', '-a-#', ['^-!']],
    ['a recovery that ends without a value', '-a#', '-|', '-a-|', ['^-!']],
  ])('%s', (_, life, recovery, result, lives) => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(life);
      expectObservable(source.pipe(recovering(() => cold(recovery))), '^---------- !').toBe(result);
      expectSubscriptions(source.subscriptions).toBe(lives.map((subscription) => (subscription.endsWith('!') ? subscription : `${subscription.padEnd(11, '-')}!`)));
    });
  });

  it('is told of the error, and lets go of the recovery with its first value', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-#', {}, 'lost');
      const recovery = cold('--x-x-x');
      const told: unknown[] = [];
      expectObservable(source.pipe(recovering((error) => (told.push(error), recovery))), '^--- !').toBe('');
      expectSubscriptions(recovery.subscriptions).toBe('-^-!');
      expectSubscriptions(source.subscriptions).toBe(['^!', '---^!']);
      cold('----x').subscribe(() => expect(told).toEqual(['lost']));
    });
  });

  it('lets go of the source, and of a recovery that is waited for', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [living, failing, recovery] = [cold('-a---'), cold('-#'), cold('----x')];
      expectObservable(living.pipe(recovering(() => recovery)), '^-!').toBe('-a');
      expectObservable(failing.pipe(recovering(() => recovery)), '^--!').toBe('---');
      expectSubscriptions(living.subscriptions).toBe('^-!');
      expectSubscriptions(failing.subscriptions).toBe('^!');
      expectSubscriptions(recovery.subscriptions).toBe('-^-!');
    });
  });

  it('has one life at a time, also where the next begins within the error', () => {
    let [standing, most, begun] = [0, 0, 0];
    const source = new Observable<number>((subscriber) => {
      standing += 1;
      most = Math.max(most, standing);
      subscriber.add(() => (standing -= 1));
      begun += 1;
      if (begun < 4) subscriber.error('lost');
      else subscriber.next(begun);
    });
    const seen: number[] = [];
    source.pipe(recovering(() => of(undefined))).subscribe((n) => seen.push(n)).unsubscribe();
    expect([seen, most, standing]).toEqual([[4], 1, 0]);
  });

  it('errors with what the recovery throws', () => {
    const failed$ = throwError(() => 'lost');
    const errors: unknown[] = [];
    const thrown = (): never => {
      throw new Error('ours');
    };
    failed$.pipe(recovering(thrown)).subscribe({ error: (error: unknown) => errors.push(error) });
    EMPTY.pipe(recovering(thrown)).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([new Error('ours')]);
  });
});
