/** What both threads do to their shared memory, in every order of their steps. */
import { VirtualTimeScheduler } from 'rxjs';
import { expect, it } from 'vitest';
import { HomeLine } from '../../../../src/workers/shared/home-line.js';
import { Line, type SharedMemory, type Tell } from '../../../../src/workers/shared/line.js';
import { ringMemory } from '../../../../src/workers/shared/ring.js';
import { Rounds } from '../../../../src/workers/shared/rounds.js';
import { ThreadLine } from '../../../../src/workers/shared/thread-line.js';
import { inEveryOrder, type Program } from './interleaved.js';

const NOBODY: Tell = { message: () => undefined, next: () => undefined, demand: () => undefined };
const event = (position: number) => ({ type: 'sent', sequence: 1, timestamp: 960, position, bytes: 192 }) as const;
/** The batch that makes the main thread poll from then on. */
const BEGUN = [new Float64Array([1, 1, 960, 0, 192])];

const smallMemory = (): SharedMemory => ({ toHome: ringMemory(64), toThread: ringMemory(64) });

/** Records only new values: the program is rerun from its start for each step. */
function teller(told: number[]): Tell {
  let index = 0;
  const next: Tell['next'] = (_, value) => {
    if (index === told.length) told.push((value as { readonly position: number }).position);
    index += 1;
  };
  return { ...NOBODY, next };
}

interface Seen {
  /** Positions, as reported to the main thread. */
  readonly told: number[];
  /** Those that the thread could not write into the memory: they are posted. */
  refused: number[];
  /** Empty batches that were posted and have not arrived yet. */
  woken: number;
  home: HomeLine;
}

/** The main thread already polls, and stops; the thread sends within one tick. */
function stopping(positions: readonly number[]): { readonly first: Program; readonly second: Program; readonly shared: Seen } {
  const memory = smallMemory();
  const rounds = new Rounds(new VirtualTimeScheduler());
  const told: number[] = [];
  const watching = (): HomeLine => {
    const line = new HomeLine(memory, rounds, teller(told), () => undefined);
    line.arrived(BEGUN);
    return line;
  };
  const shared: Seen = { told, refused: [], woken: 0, home: watching() };
  const first: Program = (freely) => {
    shared.home = freely(watching);
    shared.home.rest();
  };
  const second: Program = (freely) => {
    shared.refused = [];
    shared.woken = 0;
    const thread = freely(() => new ThreadLine(memory, NOBODY, () => (shared.woken += 1)));
    for (const position of positions) if (!thread.sent(1, event(position))) shared.refused.push(position);
    thread.publish();
  };
  return { first, second, shared };
}

it('the main thread has just stopped looking: what is sent meanwhile is told all the same, and once', () => {
  const ways = { read: 0, woken: 0, posted: 0 };
  const orders = inEveryOrder(
    () => stopping([20, 40]),
    ({ told, refused, woken, home }, order) => {
      if (told.length > 0) ways.read += 1;
      if (told.length === 0 && woken > 0) ways.woken += 1;
      if (refused.length > 0) ways.posted += 1;
      if (woken > 0) home.arrived([]);
      expect([...told, ...refused], order).toEqual([20, 40]);
    },
  );
  expect(orders).toBeGreaterThan(40);
  for (const count of Object.values(ways)) expect(count).toBeGreaterThan(0);
});

it('one writes where the other has just read all: nothing is told twice, or not at all, or before its time', () => {
  const begin = () => {
    const { toHome, toThread } = smallMemory();
    const told: number[] = [];
    const shared = { told, readOn: (): unknown => undefined, refused: 0 };
    const first: Program = (freely) => {
      const home = freely(() => new Line(toThread, toHome));
      const tell = teller(told);
      shared.readOn = () => home.read(tell);
      for (let times = 0; times < 2; times += 1) home.read(tell);
    };
    const second: Program = (freely) => {
      const thread = freely(() => new Line(toHome, toThread));
      shared.refused = 0;
      for (const tick of [[20], [40, 60]]) {
        thread.out.look();
        for (const position of tick) if (!thread.sent(1, event(position))) shared.refused += 1;
        thread.out.publish();
      }
    };
    return { first, second, shared };
  };
  const orders = inEveryOrder(begin, ({ told, readOn, refused }, order) => {
    expect(refused, order).toBe(0);
    expect([20, 40, 60].slice(0, told.length), order).toEqual(told);
    readOn();
    expect(told, order).toEqual([20, 40, 60]);
  });
  expect(orders).toBeGreaterThan(300);
});
