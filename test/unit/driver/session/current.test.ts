import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Current } from '../../../../src/driver/session/current.js';
import { virtualTime } from '../../../support/virtual-time.js';

/** Sets the values of a diagram, and completes where it does. */
function set(diagram: string, subscribed: string, expected: string, early?: string): void {
  virtualTime(({ hot, expectObservable }) => {
    const current = new Current('z');
    hot(diagram).subscribe({ next: (value) => current.next(value), complete: () => current.complete() });
    expectObservable(current.values$.pipe(early === undefined ? (values$) => values$ : take(Number(early))), subscribed).toBe(expected);
  });
}

describe('Current', () => {
  it.each([
    ['never', '-----', '^----!', 'z----'],
    ['empty', '--|', '^----!', 'z-|'],
    ['one', '--a-|', '^----!', 'z-a-|'],
    ['endless, left early', '-a-b-c-d', '^---!', 'za-b'],
    ['left while it waits', '-----a', '^---!', 'z'],
    ['listened to later', '-a-b---c', '-----^---', '-----b-c'],
    ['listened to after the end', '-a-b-|', '-------^-', '-------(b|)'],
    ['listened to after an end without values', '-|', '----^-', '----(z|)'],
  ])('%s', (_, diagram, subscribed, expected) => set(diagram, subscribed, expected));

  it('lets go of who has heard enough', () => set('-a-b-c', '^------', 'z(a|)', '2'));

  it('tells everybody everything in order, also what a listener sets in answer, and nothing after the end', () => {
    const current = new Current(0);
    const told: string[] = [];
    current.values$.subscribe((value) => {
      told.push(`a${value}`);
      if (value === 1) {
        current.next(2);
        expect(current.value).toBe(2);
        current.complete();
        current.next(3);
      }
    });
    current.values$.subscribe({ next: (value) => told.push(`b${value}`), complete: () => told.push('over') });
    current.next(1);
    expect(told).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2', 'over']);
    expect(current.value).toBe(2);
  });

  it('gives who comes while a value is being told that one, once', () => {
    const current = new Current(0);
    const late: number[] = [];
    current.values$.subscribe((value) => {
      if (value !== 1) return;
      current.next(2);
      current.values$.subscribe((later) => late.push(later));
    });
    current.next(1);
    expect(late).toEqual([1, 2]);
  });

  it('tells its first listener before all others, and of what is set alone', () => {
    const told: string[] = [];
    const current: Current<string> = new Current('z', () => told.push(`first ${current.value}`));
    current.values$.subscribe((value) => told.push(value));
    current.next('a');
    expect(told).toEqual(['z', 'first a', 'a']);
  });

  it('tells nothing to who has left', () => {
    const told: string[] = [];
    const current = new Current('z');
    current.values$.subscribe((value) => told.push(value)).unsubscribe();
    current.next('a');
    expect(told).toEqual(['z']);
  });
});
