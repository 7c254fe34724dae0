/** When sessions are moved away: one after the other, at most one per second, and none without a reason. */
import { asyncScheduler, map, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Peer } from '../../../../src/nodes/balance/peers.js';
import { rebalanced$, type Rebalancing } from '../../../../src/nodes/balance/rebalanced.js';
import { virtualTime } from '../../../support/virtual-time.js';

const SECOND_MS = 1_000;
const peer = (sessions: number, revision = 1): Peer => ({ id: 'other', revision, sessions, capacity: 100, draining: false, others: 1 });

/** A thenable that settles in virtual time, unlike a promise. */
const later = <T>(ms: number, value: T): Promise<T> => timer(ms).pipe(map(() => value)) as unknown as Promise<T>;

interface Scene extends Partial<Rebalancing> {
  readonly sessions?: number;
}

/** A node with so many sessions. Records when each look and each move began. */
function node({ sessions = 40, every = 2_500, ...others }: Scene) {
  const [looks, moves]: [number[], number[]] = [[], []];
  let own = sessions;
  const given$ = rebalanced$({
    every,
    mine: () => ({ sessions: own, capacity: 100, draining: false }),
    random: () => 0.5,
    scheduler: asyncScheduler,
    ...others,
    draw: () => {
      looks.push(asyncScheduler.now());
      return others.draw?.() ?? later(2, peer(0));
    },
    give: (id) => {
      moves.push(asyncScheduler.now());
      own -= 1;
      return others.give?.(id) ?? later(100, true);
    },
  });
  return { given$, looks, moves };
}

describe('sessions of a node with too much to do', () => {
  it('go one after the other, a second apart, four by one look', () => {
    virtualTime(({ expectObservable, flush }) => {
      const { given$, looks, moves } = node({ every: 2_500 });
      expectObservable(given$.pipe(map(() => 'o')), '^ 8s !').toBe('2602ms o 1099ms o 1099ms o 1099ms o');
      flush();
      expect(moves).toEqual([2_502, 3_602, 4_702, 5_802]);
      // The pause begins after the last of them.
      expect(looks).toEqual([2_500]);
    }, { bound: 60_000 }); // prettier-ignore
  });

  it('never: there is nobody, or too little to do, or NATS is away', () => {
    virtualTime(({ expectObservable, flush }) => {
      const all = [node({ draw: () => later(2, undefined) }), node({ sessions: 3 }), node({ mine: () => undefined })];
      for (const { given$ } of all) expectObservable(given$, '^ 20s !').toBe('-');
      flush();
      expect(all.map(({ looks, moves }) => [looks.length, moves.length])).toEqual([[7, 0], [7, 0], [0, 0]]); // prettier-ignore
    }, { bound: 60_000 }); // prettier-ignore
  });

  it('one: the others are not ready where they are to go, and it is looked anew', () => {
    virtualTime(({ expectObservable, flush }) => {
      let asked = 0;
      const { given$, looks, moves } = node({ give: () => later(100, (asked += 1) === 1) });
      expectObservable(given$.pipe(map(() => 'o')), '^ 7s !').toBe('2602ms o');
      flush();
      expect(moves).toEqual([2_502, 3_602, 6_204]);
      expect(looks).toEqual([2_500, 6_202]);
    }, { bound: 60_000 }); // prettier-ignore
  });

  it('what a look fails with is no error', () => {
    virtualTime(({ expectObservable, flush }) => {
      const { given$, looks } = node({ draw: () => timer(2).pipe(map(() => { throw new Error('timeout'); })) as unknown as Promise<Peer> }); // prettier-ignore
      expectObservable(given$, '^ 8s !').toBe('-');
      flush();
      expect(looks).toEqual([2_500, 5_002, 7_504]);
    }, { bound: 60_000 }); // prettier-ignore
  });

  it('are not more than the other is to have, also where it has not told yet how many it has got', () => {
    virtualTime(({ flush }) => {
      const { given$, moves } = node({ sessions: 8 });
      const subscription = given$.subscribe();
      timer(60_000).subscribe(() => subscription.unsubscribe());
      flush();
      // 5 and 3: the difference is within the margin.
      expect(moves).toHaveLength(3);
    }, { bound: 90_000 }); // prettier-ignore
  });

  it('stop with NATS, and as the subscriber leaves, also while one is on its way', () => {
    virtualTime(({ expectObservable, flush }) => {
      const away = node({ mine: () => (asyncScheduler.now() < 3_000 ? { sessions: 40, capacity: 100, draining: false } : undefined) });
      expectObservable(away.given$.pipe(map(() => 'o')), '^ 20s !').toBe('2602ms o');
      const [waiting, looking, moving, between] = [node({}), node({ draw: () => later(50, peer(0)) }), node({}), node({})];
      expectObservable(waiting.given$, '^ 2400ms !').toBe('-');
      expectObservable(looking.given$, '^ 2520ms !').toBe('-');
      expectObservable(moving.given$, '^ 2550ms !').toBe('-');
      expectObservable(between.given$.pipe(map(() => 'o')), '^ 3s !').toBe('2602ms o');
      flush();
      expect([away, waiting, looking, moving, between].map(({ moves }) => moves.length)).toEqual([1, 0, 0, 1, 1]);
    }, { bound: 60_000 }); // prettier-ignore
  });

  it('are looked for at times of its own, a second apart at least', () => {
    virtualTime(({ flush }) => {
      const drawn = [0, 0.75, 0.25];
      const spread = node({ draw: () => later(0, undefined), random: () => drawn.shift() ?? 0.5 });
      const fast = node({ draw: () => later(0, undefined), every: 100 });
      for (const { given$ } of [spread, fast]) {
        const subscription = given$.subscribe();
        timer(7_500).subscribe(() => subscription.unsubscribe());
      }
      flush();
      expect(spread.looks).toEqual([1_250, 4_375, 6_250]);
      expect(fast.looks).toEqual(Array.from({ length: 7 }, (_, i) => (i + 1) * SECOND_MS));
    }, { bound: 60_000 }); // prettier-ignore
  });
});
