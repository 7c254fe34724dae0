/** What the clocks of a machine reveal about its sleep: a suspension, a clock that is set, and both. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sleepMeter } from '../../../src/nodes/registry/machine-sleep.js';

/** A machine in ms: awake time, sleep, and how far its wall clock was set. */
class Machine {
  awake = 0;
  asleep = 0;
  set = 0;
  /** How often the expensive clock was read. */
  asked = 0;
  readonly clocks = {
    wall: () => 1_700_000_000_000 + this.awake + this.asleep + this.set,
    steady: () => this.awake,
    sinceBoot: () => {
      this.asked += 1;
      return 86_400_000 + this.awake + this.asleep;
    },
  };
}

describe('the sleep of a machine', () => {
  it('is none where its clocks go on together, and the dear one is not asked', () => {
    const machine = new Machine();
    const asleep = sleepMeter(machine.clocks);
    for (let i = 0; i < 100; i += 1) {
      machine.awake += 1_000;
      machine.set += i % 2;
      expect(asleep()).toBe(0);
    }
    expect(machine.asked).toBe(1);
  });

  it('is none where somebody sets the clock, by an hour or a year, forth or back', () => {
    const machine = new Machine();
    const asleep = sleepMeter(machine.clocks);
    for (const by of [3_600_000, -3_600_000, 31_536_000_000, -40_000_000_000]) {
      machine.set += by;
      expect(asleep()).toBe(0);
    }
  });

  it('is told as soon as it is over', () => {
    const machine = new Machine();
    const asleep = sleepMeter(machine.clocks);
    machine.awake += 5_000;
    machine.asleep += 30_000;
    expect(asleep()).toBe(30_000);
    expect(asleep()).toBe(30_000);
    machine.asleep += 250;
    expect(asleep()).toBe(30_250);
  });

  it('is never more than it was, never less than before, and at most what moves nothing short of it, whatever is done to the clock between looks', () => {
    const step = fc.record({ awake: fc.nat(60_000), asleep: fc.oneof(fc.constant(0), fc.nat(600_000)), set: fc.oneof(fc.constant(0), fc.integer({ min: -4_000_000, max: 4_000_000 })) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const machine = new Machine();
        const asleep = sleepMeter(machine.clocks);
        let before = 0;
        for (const { awake, asleep: slept, set } of steps) {
          machine.awake += awake;
          machine.asleep += slept;
          machine.set += set;
          const told = asleep();
          expect(told).toBeGreaterThanOrEqual(before);
          expect(told).toBeLessThanOrEqual(machine.asleep);
          // Setting the clock back by exactly the time of a sleep hides it until the clock moves again.
          if (Math.abs(slept + set) >= 200) expect(told).toBe(machine.asleep);
          before = told;
        }
      }),
    );
  });

  it('is of this machine, where none is given', () => {
    expect(sleepMeter()()).toBe(0);
  });
});
