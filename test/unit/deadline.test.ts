import { asyncScheduler, mergeMap, Subject, Subscription, takeUntil, timer, VirtualTimeScheduler, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { deadline, deadline$, whenRead } from '../../src/deadline.js';
import { READ_FIRST, SocketTurns, type ReadsFirst } from '../../src/socket-turns.js';
import { readFirst, steadyScheduler } from '../../src/steady-scheduler.js';
import { READ_MS, stallingScheduler } from '../support/stalling-scheduler.js';
import { virtualTime } from '../support/virtual-time.js';

/** The times at which it is missed, in virtual time. */
function missed(use: (begin: (ms: number) => Subscription) => void, scheduler: SchedulerLike = asyncScheduler): number[] {
  const at: number[] = [];
  virtualTime(({ flush }) => {
    use((ms) => deadline(ms, scheduler, () => at.push(asyncScheduler.now())));
    flush();
  });
  return at;
}

describe('a deadline', () => {
  it('is missed at its time, to the millisecond, where nobody is late', () => {
    expect(missed((begin) => void [begin(0), begin(20), begin(21)])).toEqual([0, 20, 21]);
  });

  it('is not missed by what was heard in time', () => {
    expect(
      missed((begin) => {
        const waiting = begin(20);
        timer(19).subscribe(() => waiting.unsubscribe());
      }),
    ).toEqual([]);
  });

  it('that comes late is missed behind what is read then', () => {
    expect(missed((begin) => begin(20), stallingScheduler(10, 300))).toEqual([300 + READ_MS]);
  });

  it('that comes late is not missed by what is read then', () => {
    expect(
      missed((begin) => {
        const waiting = begin(20);
        timer(300 + READ_MS - 1).subscribe(() => waiting.unsubscribe());
      }, stallingScheduler(10, 300)),
    ).toEqual([]);
  });

  it('of a clock that jumps waits for nothing: what is not known to be real has no sockets', () => {
    let now = 0;
    const due: (() => void)[] = [];
    const jumping: SchedulerLike = {
      now: () => now,
      schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, _?: number, state?: T) {
        due.push(() => work.call(new Subscription() as never, state));
        return new Subscription();
      },
    };
    const at: number[] = [];
    deadline(20, jumping, () => at.push(now));
    now = 5_000;
    for (const run of due) run();
    expect(at).toEqual([5_000]);
  });

  it('leaves no timer when it is left, and none when it was missed', () => {
    const scheduler = new VirtualTimeScheduler();
    deadline(20, scheduler, () => undefined).unsubscribe();
    expect(scheduler.actions).toHaveLength(0);
    deadline(20, scheduler, () => undefined);
    scheduler.flush();
    expect(scheduler.actions).toHaveLength(0);
  });
});

describe('deadline$', () => {
  it('is what timer is', () => {
    virtualTime(({ expectObservable, cold }) => {
      expectObservable(deadline$(3, asyncScheduler)).toBe('---(0|)', { 0: 0 });
      expectObservable(cold('-a|').pipe(mergeMap(() => deadline$(2, asyncScheduler)))).toBe('---(0|)', { 0: 0 });
      expectObservable(deadline$(3, asyncScheduler), '--!').toBe('---');
      expectObservable(cold('----a').pipe(takeUntil(deadline$(4, asyncScheduler)))).toBe('----|');
    });
  });

  it('is left while it waits for what is read', () => {
    const scheduler = stallingScheduler(10, 300);
    virtualTime(({ expectObservable }) => {
      expectObservable(deadline$(20, scheduler)).toBe(`${300 + READ_MS}ms (0|)`, { 0: 0 });
      expectObservable(deadline$(20, scheduler), `${300 + READ_MS - 1}ms !`).toBe('-');
    });
  });
});

describe('whenRead', () => {
  const reading = (): { readonly scheduler: SchedulerLike & ReadsFirst; readonly reads: (() => void)[] } => {
    const reads: (() => void)[] = [];
    return {
      reads,
      scheduler: {
        now: () => 100,
        schedule: () => new Subscription(),
        [READ_FIRST]: (act) => {
          reads.push(act);
          return new Subscription(() => reads.splice(reads.indexOf(act), 1));
        },
      },
    };
  };

  it('acts at once on time, and behind the reads when late, be it by a millisecond', () => {
    const { scheduler, reads } = reading();
    const done: string[] = [];
    whenRead(scheduler, 101, new Subscription(), () => done.push('early'));
    whenRead(scheduler, 100, new Subscription(), () => done.push('on time'));
    whenRead(scheduler, 99, new Subscription(), () => done.push('late'));
    expect([done, reads.length]).toEqual([['early', 'on time'], 1]);
    reads[0]!();
    expect(done).toEqual(['early', 'on time', 'late']);
  });

  it('waits no longer than who waits', () => {
    const { scheduler, reads } = reading();
    const life = new Subscription();
    whenRead(scheduler, 99, life, () => undefined);
    life.unsubscribe();
    expect(reads).toEqual([]);
  });
});

describe('time that is real', () => {
  it('is that of steadyScheduler and asyncScheduler, and of nobody in virtual time', () => {
    const known = (): boolean[] => [steadyScheduler, asyncScheduler, new VirtualTimeScheduler(), { ...steadyScheduler }].map((scheduler) => readFirst(scheduler) !== undefined);
    expect(known()).toEqual([true, true, false, false]);
    virtualTime(() => expect(known()).toEqual([false, false, false, false]));
  });
});

describe('turns of the event loop', () => {
  /** Resolves in the turn after the awaited ones. */
  const over = (turns: SocketTurns): Promise<void> => new Promise((resolve) => turns.readFirst(resolve));

  it('are the same for all who wait, and each has all of his', async () => {
    const turns = new SocketTurns();
    const done: string[] = [];
    turns.readFirst(() => done.push('a'));
    turns.readFirst(() => done.push('b'));
    setImmediate(() => turns.readFirst(() => done.push('c')));
    await over(turns);
    expect(done).toEqual(['a', 'b']);
    await over(turns);
    expect(done).toEqual(['a', 'b', 'c']);
  });

  it('are at least those that 512 datagrams of a socket take', async () => {
    const turns = new SocketTurns();
    let passed = 0;
    let counts = true;
    const count = (): void => {
      passed += 1;
      if (counts) setImmediate(count);
    };
    setImmediate(count);
    await over(turns);
    counts = false;
    expect(passed).toBeGreaterThanOrEqual(512 / 32);
  });

  it('are of no concern to who has left, also while others are called', async () => {
    const turns = new SocketTurns();
    const done: string[] = [];
    const second = new Subject<void>();
    const left = turns.readFirst(() => done.push('left'));
    turns.readFirst(() => second.next());
    const leaving = turns.readFirst(() => done.push('leaving'));
    second.subscribe(() => leaving.unsubscribe());
    left.unsubscribe();
    await over(turns);
    expect(done).toEqual([]);
  });

  it('end when nobody waits', async () => {
    const turns = new SocketTurns();
    const immediates = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Immediate').length;
    const before = immediates();
    const waiting = [turns.readFirst(() => undefined), turns.readFirst(() => undefined)];
    expect(immediates()).toBe(before + 1);
    for (const one of waiting) one.unsubscribe();
    expect(immediates()).toBe(before);
    await over(turns);
    expect(immediates()).toBe(before);
  });
});
