/** How commands begin, observe and end, in virtual time. */
import { concat, NEVER, takeUntil, type SchedulerLike } from 'rxjs';
import { describe, it } from 'vitest';
import { Abandoned } from '../../../src/cli/command.js';
import { heartbeats$ } from '../../../src/cli/discord/conversation.js';
import { alongside } from '../../../src/cli/place/alongside.js';
import { use } from '../../../src/cli/place/use.js';
import type { Stop } from '../../../src/cli/terminal/terminal.js';
import { stoppable$ } from '../../../src/cli/until-stopped.js';
import { steadyScheduler } from '../../../src/index.js';
import { stallingScheduler } from '../../support/stalling-scheduler.js';
import { virtualTime } from '../../support/virtual-time.js';

const INTERRUPT: Stop = { reason: 'interrupted', status: 130, signal: true };
const UNREAD: Stop = { reason: 'nobody reads the output any more', status: 141, signal: false };

describe('stoppable$', () => {
  const run = (stops: string, source: string, expected: string, subscription: string): void =>
    virtualTime(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const stop$ = hot(stops, { s: INTERRUPT, u: UNREAD });
      const work = cold(source);
      // A tail of 3 ms follows the stop.
      const result$ = stoppable$(stop$, (first$) => concat(work.pipe(takeUntil(first$)), cold('--c|')));
      expectObservable(result$).toBe(expected, undefined, new Abandoned(130));
      expectSubscriptions(work.subscriptions).toBe(subscription);
    });

  it('has its own end', () => run('---', '-a-b|', '-a-b--c|', '^---!'));
  it('comes to its end upon the first stop', () => run('--s-', '-a--b', '-a--c|', '^-!'));
  it('ends in the middle upon the second', () => run('--ss', '-a--b', '-a-#', '^-!'));
  it('takes no output that breaks for a second stop', () => run('--su', '-a--b', '-a--c|', '^-!'));
  it('takes an output that breaks for a first one', () => run('--u--', '-a--b', '-a--c|', '^-!'));
  it('passes an error on', () =>
    virtualTime(({ cold, expectObservable }) => expectObservable(stoppable$(NEVER, () => cold('-a-#'))).toBe('-a-#')));
  it('goes on as long as nobody stops it', () => virtualTime(({ expectObservable }) => expectObservable(stoppable$(NEVER, () => NEVER), '^ 60m !').toBe('')));
});

describe('use', () => {
  const run = (resource: string, made: string, expected: string, subscription: string): void =>
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const resource$ = cold(resource);
      expectObservable(resource$.pipe(use(() => cold(made)))).toBe(expected);
      expectSubscriptions(resource$.subscriptions).toBe(subscription);
    });

  it('lets go of the resource when what is made of it completes', () => run('-R---', '-a-b|', '--a-b|', '^----!'));
  it('errors with what is made of it', () => run('-R---', '-a#', '--a#', '^--!'));
  it('errors with the resource', () => run('-R--#', '-a---b', '--a-#', '^---!'));
  it('is empty where the resource is', () => run('--|', '-a|', '--|', '^-!'));
  it('goes on without end', () => virtualTime(({ cold, expectObservable }) => expectObservable(cold('-R').pipe(use(() => NEVER)), '^ 60m !').toBe('')));
  it('lets go of both when it is left', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [resource$, made$] = [cold('-R'), cold('-a-b-c')];
      expectObservable(resource$.pipe(use(() => made$)), '^---!').toBe('--a');
      expectSubscriptions(resource$.subscriptions).toBe('^---!');
      expectSubscriptions(made$.subscriptions).toBe('-^--!');
    }));
});

describe('alongside', () => {
  it.each([
    ['--a---b--|', '-1--2-----3', '-1a-2-b--|', '^--------!'],
    ['---|       ', '-1|', '-1-|', '^-!'],
    ['--#        ', '-1-2', '-1#', '^-!'],
    ['--a--------', '-1-#', '-1a#', '^--!'],
    ['|          ', '-1', '|', '(^!)'],
  ])('%s beside %s is %s', (source, side, expected, subscription) =>
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const side$ = cold(side);
      expectObservable(cold(source).pipe(alongside<string>(side$))).toBe(expected);
      expectSubscriptions(side$.subscriptions).toBe(subscription);
    }),
  );
});

describe('heartbeats$', () => {
  const run = (acks: string, asked: string, expected: string, scheduler: SchedulerLike = steadyScheduler): void =>
    virtualTime(({ hot, expectObservable }) => {
      const result$ = heartbeats$(10, 0.5, hot(acks), hot(asked), scheduler);
      expectObservable(result$, '^ 28ms !').toBe(expected, { b: 'beat', u: 'unanswered' });
    });

  it('come at the interval while they are acknowledged', () => run('6ms a 9ms a', '', '5ms b 9ms b 9ms b'));
  it('tell of one that is not', () => run('', '', '5ms b 9ms u 9ms u'));
  it('are acknowledged by what came while the process stood still', () => run('21ms a', '', '5ms b 16ms b', stallingScheduler(14, 20)));
  it('tell of one that is not, once it is known', () => run('', '', '5ms b 16ms u', stallingScheduler(14, 20)));
  it('come when they are asked for, and owe no answer', () => run('6ms a 9ms a', '9ms q', '5ms b 3ms b 5ms b 9ms b'));
});
