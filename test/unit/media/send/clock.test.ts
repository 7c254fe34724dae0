import { asyncScheduler, config, queueScheduler, type Subscription } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { FrameClock, frameClock, type Seat } from '../../../../src/media/send/clock.js';
import { Pacer } from '../../../../src/media/send/pacer.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { HandScheduler } from './hand-scheduler.js';

/** A seat with a pacer, like the pump's; records when it was served. */
class TestSeat implements Seat {
  readonly served: number[] = [];
  readonly gaps: number[] = [];
  shifted = 0;
  seat: Subscription | undefined;
  onTick: () => void = () => undefined;
  readonly #pacer = new Pacer();
  readonly #ms: number;

  constructor(
    private readonly clock: FrameClock,
    ms = 20,
  ) {
    this.#ms = ms;
  }

  sit(): this {
    this.#pacer.start(this.clock.nextStart());
    this.seat = this.clock.take(this);
    return this;
  }

  rise(): void {
    this.seat?.unsubscribe();
  }

  get due(): number {
    return this.#pacer.due;
  }

  tick(now: number): void {
    this.served.push(now);
    const gap = this.#pacer.arrive(now);
    if (gap > 0) this.gaps.push(gap);
    this.#pacer.advance(now, this.#ms);
    this.onTick();
  }

  shift(ms: number): void {
    this.shifted += ms;
    this.#pacer.shift(ms);
  }
}

function handClock(wall?: number): { scheduler: HandScheduler; clock: FrameClock } {
  const scheduler = new HandScheduler(wall);
  return { scheduler, clock: new FrameClock(scheduler) };
}

function intervals(at: readonly number[]): number[] {
  return at.slice(1).map((time, i) => time - at[i]!);
}

describe('the clock in virtual time', () => {
  it('ticks every 20 ms from the moment a seat is taken, never within taking it', () => {
    virtualTime(({ flush, cold }) => {
      const seat = new TestSeat(new FrameClock(asyncScheduler)).sit();
      expect(seat.served).toEqual([]);
      cold('100ms a').subscribe(() => seat.rise());
      flush();
      expect(seat.served).toEqual([0, 20, 40, 60, 80]);
    });
  });

  it('ends the flush when the last seat is given back: nothing is left scheduled', () => {
    virtualTime(({ flush, cold }) => {
      const seat = new TestSeat(new FrameClock(asyncScheduler)).sit();
      cold('50ms a').subscribe(() => seat.rise());
      flush();
      expect(asyncScheduler.now()).toBeLessThanOrEqual(60);
      expect(seat.served).toEqual([0, 20, 40]);
    });
  });

  it('serves frames of 2.5 ms', () => {
    virtualTime(({ flush, cold }) => {
      const seat = new TestSeat(new FrameClock(asyncScheduler), 2.5).sit();
      cold('11ms a').subscribe(() => seat.rise());
      flush();
      expect(seat.served).toEqual([0, 2.5, 5, 7.5, 10]);
    });
  });

  it('has nothing to do for a seat that is given back at once', () => {
    virtualTime(({ flush }) => {
      const seat = new TestSeat(new FrameClock(asyncScheduler)).sit();
      seat.rise();
      flush();
      expect(seat.served).toEqual([]);
      expect(asyncScheduler.now()).toBe(0);
    });
  });
});

describe('one clock for a scheduler', () => {
  it('is the same for every caller, and another for another scheduler', () => {
    expect(frameClock(asyncScheduler)).toBe(frameClock(asyncScheduler));
    expect(frameClock(asyncScheduler)).not.toBe(frameClock(queueScheduler));
  });

  it('serves a hundred seats by at most one wake-up each 5 ms', () => {
    const { scheduler, clock } = handClock();
    const seats: TestSeat[] = [];
    for (let i = 0; i < 100; i++) {
      seats.push(new TestSeat(clock).sit());
      scheduler.run(0.7);
    }
    scheduler.run(1_000 - scheduler.elapsed);
    scheduler.wakeUps = 0;
    scheduler.run(1_000);
    expect(scheduler.wakeUps).toBeLessThanOrEqual(201);
    for (const seat of seats) expect(intervals(seat.served).every((ms) => ms === 20)).toBe(true);
  });

  it('puts a seat that is taken later on the grid of the first', () => {
    const { scheduler, clock } = handClock(0);
    const first = new TestSeat(clock).sit();
    scheduler.run(13);
    const second = new TestSeat(clock).sit();
    scheduler.run(60);
    expect(first.served).toEqual([0, 20, 40, 60]);
    expect(second.served).toEqual([15, 35, 55]);
  });

  it('starts its grid anew after it was idle', () => {
    const { scheduler, clock } = handClock(0);
    const first = new TestSeat(clock).sit();
    scheduler.run(50);
    first.rise();
    expect(scheduler.pending.size).toBe(0);
    scheduler.run(13);
    const second = new TestSeat(clock).sit();
    scheduler.run(50);
    expect(second.served).toEqual([63, 83, 103]);
  });
});

describe('a clock whose timers fire late', () => {
  it('does not drift', () => {
    const { scheduler, clock } = handClock(0);
    const seat = new TestSeat(clock).sit();
    let i = 0;
    scheduler.run(60_000, () => [0, 1, 3, 2, 0, 7, 1, 9][i++ % 8]!);
    expect(seat.served.length).toBeGreaterThanOrEqual(3_000);
    seat.served.forEach((at, frame) => expect(Math.abs(at - frame * 20)).toBeLessThanOrEqual(10));
    expect(seat.gaps).toEqual([]);
  });

  it('re-anchors after a stall of 700 ms: one frame, then 20 ms between frames, and no burst', () => {
    const { scheduler, clock } = handClock(0);
    const seats = [new TestSeat(clock).sit(), new TestSeat(clock).sit()];
    scheduler.run(70);
    scheduler.stall(700);
    scheduler.run(100);
    for (const { served, gaps } of seats) {
      expect(served).toEqual([0, 20, 40, 60, 770, 790, 810, 830, 850, 870]);
      expect(gaps).toEqual([690]);
    }
  });

  it('catches up after one of 70 ms, 10 ms between frames', () => {
    const { scheduler, clock } = handClock(0);
    const seat = new TestSeat(clock).sit();
    scheduler.run(50);
    scheduler.stall(70);
    scheduler.run(100);
    expect(seat.served).toEqual([0, 20, 40, 120, 130, 140, 150, 160, 170, 180, 200, 220]);
    expect(seat.gaps).toEqual([]);
  });
});

describe('a wall clock that is set', () => {
  it('back by an hour: nobody waits for an hour', () => {
    const { scheduler, clock } = handClock(7_200_000);
    const seat = new TestSeat(clock).sit();
    scheduler.run(50);
    scheduler.set(-3_600_000);
    scheduler.run(100);
    expect(intervals(seat.served.slice(0, 3))).toEqual([20, 20]);
    expect(intervals(seat.served.slice(3))).toEqual([20, 20, 20, 20]);
    expect(seat.served[3]).toBe(3_600_060);
    expect(seat.gaps).toEqual([]);
  });

  it('back by an hour, while another seat is taken before the clock wakes: still nobody waits', () => {
    const { scheduler, clock } = handClock(7_200_000);
    const first = new TestSeat(clock).sit();
    scheduler.run(50);
    scheduler.set(-3_600_000);
    const second = new TestSeat(clock).sit();
    scheduler.run(200);
    expect(first.served.length).toBeGreaterThanOrEqual(12);
    expect(Math.min(...intervals(first.served.slice(3)))).toBe(20);
    expect(second.served.length).toBeGreaterThanOrEqual(9);
  });

  it('back by 50 ms: a pause of 50 ms, no frame lost and none sent at once', () => {
    const { scheduler, clock } = handClock(0);
    const seat = new TestSeat(clock).sit();
    scheduler.run(50);
    scheduler.set(-50);
    scheduler.run(200);
    expect(seat.shifted).toBe(0);
    expect(intervals(seat.served).every((ms) => ms === 20)).toBe(true);
    expect(seat.served).toHaveLength(11);
  });

  it('forward by an hour: one gap, and no burst', () => {
    const { scheduler, clock } = handClock(0);
    const seat = new TestSeat(clock).sit();
    scheduler.run(50);
    scheduler.set(3_600_000);
    scheduler.run(100);
    expect(seat.gaps).toHaveLength(1);
    expect(seat.gaps[0]).toBeGreaterThan(3_599_900);
    expect(intervals(seat.served.slice(3)).every((ms) => ms === 20)).toBe(true);
  });
});

describe('seats that change within a tick', () => {
  it('serves the others when one gives its seat back', () => {
    const { scheduler, clock } = handClock(0);
    const [first, second, third] = [new TestSeat(clock).sit(), new TestSeat(clock).sit(), new TestSeat(clock).sit()];
    first.onTick = () => second.rise();
    scheduler.run(50);
    expect(first.served).toEqual([0, 20, 40]);
    expect(second.served).toEqual([]);
    expect(third.served).toEqual([0, 20, 40]);
  });

  it('serves one that is taken within a tick, from then on', () => {
    const { scheduler, clock } = handClock(0);
    const late = new TestSeat(clock);
    const first = new TestSeat(clock).sit();
    first.onTick = () => {
      if (first.served.length === 2) late.sit();
    };
    scheduler.run(70);
    expect(first.served).toEqual([0, 20, 40, 60]);
    expect(late.served).toEqual([20, 40, 60]);
  });

  it('goes on when the only seat is given back within a tick and another is taken in that same tick', () => {
    const { scheduler, clock } = handClock(0);
    const next = new TestSeat(clock);
    const first = new TestSeat(clock).sit();
    first.onTick = () => {
      if (first.served.length !== 2) return;
      first.rise();
      next.sit();
    };
    scheduler.run(90);
    expect(first.served).toEqual([0, 20]);
    expect(next.served).toEqual([20, 40, 60, 80]);
  });

  it('goes on when the only seat is given back and taken again within a tick', () => {
    virtualTime(({ flush, cold }) => {
      const seat = new TestSeat(new FrameClock(asyncScheduler)).sit();
      seat.onTick = () => {
        seat.rise();
        seat.sit();
      };
      cold('90ms a').subscribe(() => {
        seat.onTick = () => undefined;
        seat.rise();
      });
      flush();
      expect(seat.served).toEqual([0, 20, 40, 60, 80]);
    });
  });

  it('stops when everybody leaves within a tick, and starts anew', () => {
    const { scheduler, clock } = handClock(0);
    const seats = [new TestSeat(clock).sit(), new TestSeat(clock).sit()];
    for (const seat of seats) seat.onTick = () => seat.rise();
    scheduler.run(50);
    expect(scheduler.pending.size).toBe(0);
    const later = new TestSeat(clock).sit();
    scheduler.run(30);
    expect(later.served).toEqual([50, 70]);
  });
});

describe('a seat that throws', () => {
  afterEach(() => {
    config.onUnhandledError = null;
  });

  it('loses its place; the others are served, and the error is reported', async () => {
    const reported = new Promise((resolve) => (config.onUnhandledError = resolve));
    const { scheduler, clock } = handClock(0);
    const bad = new TestSeat(clock).sit();
    const good = new TestSeat(clock).sit();
    bad.onTick = () => {
      throw new Error('bad seat');
    };
    scheduler.run(90);
    expect(bad.served).toEqual([0]);
    expect(good.served).toEqual([0, 20, 40, 60, 80]);
    expect(await reported).toEqual(new Error('bad seat'));
  });
});
