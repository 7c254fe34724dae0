import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Pacer } from '../../../../src/media/send/pacer.js';

const DURATIONS = [2.5, 5, 10, 20, 40, 60, 80, 100, 120] as const;
const duration = fc.constantFrom(...DURATIONS);

function started(start = 0): Pacer {
  const pacer = new Pacer();
  pacer.start(start);
  return pacer;
}

/** Serves the pacer `late` ms after it is due; returns the gap it reports. */
function serve(pacer: Pacer, late: number, ms: number): { at: number; gap: number } {
  const at = pacer.due + late;
  const gap = pacer.arrive(at);
  pacer.advance(at, ms);
  return { at, gap };
}

describe('Pacer, on a punctual clock', () => {
  it.each(DURATIONS)('asks for a frame every %s ms, exactly', (ms) => {
    const pacer = started(7);
    const served = Array.from({ length: 10_000 }, () => serve(pacer, 0, ms));
    // One `expect` for all of them: ten thousand would take a hundred times as long as the pacer itself.
    expect(served.filter(({ at, gap }, i) => at !== 7 + i * ms || gap !== 0)).toEqual([]);
  });

  it('never drifts, whatever the durations', () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (durations) => {
        const pacer = started(1_000);
        let expected = 1_000;
        for (const ms of durations) {
          expect(serve(pacer, 0, ms)).toEqual({ at: expected, gap: 0 });
          expected += ms;
        }
        expect(pacer.due).toBe(expected);
      }),
    );
  });
});

describe('Pacer, on a late clock', () => {
  it('catches up at half durations after 100 ms, without a gap', () => {
    const pacer = started();
    serve(pacer, 0, 20);
    const sent = [serve(pacer, 100, 20)];
    while (sent.length < 13) sent.push(serve(pacer, 0, 20));
    expect(sent.map(({ at }) => at)).toEqual([120, 130, 140, 150, 160, 170, 180, 190, 200, 210, 220, 240, 260]);
    expect(sent.every(({ gap }) => gap === 0)).toBe(true);
  });

  it('re-anchors beyond, and reports how far the stream jumps', () => {
    const pacer = started();
    serve(pacer, 0, 20);
    expect(serve(pacer, 100.5, 20)).toEqual({ at: 120.5, gap: 100.5 });
    expect(pacer.due).toBe(140.5);
    expect(serve(pacer, 700, 20)).toEqual({ at: 840.5, gap: 700 });
    expect([serve(pacer, 0, 20), serve(pacer, 0, 20)].map(({ at }) => at)).toEqual([860.5, 880.5]);
  });

  it('does not add lateness up: a thousand frames, each a little late, end where they should', () => {
    const lateness = fc.integer({ min: 0, max: 10 });
    fc.assert(
      fc.property(fc.array(lateness, { minLength: 50, maxLength: 300 }), (late) => {
        const pacer = started();
        serve(pacer, 0, 20);
        late.forEach((ms, i) => {
          const { at, gap } = serve(pacer, ms, 20);
          expect(gap).toBe(0);
          expect(at - (i + 1) * 20).toBeLessThanOrEqual(10);
        });
        expect(pacer.due).toBe((late.length + 1) * 20);
      }),
    );
  });

  it('never asks for two frames closer than half the duration of the first, over stalls, pauses and clock steps', () => {
    const step = fc.record({
      ms: duration,
      late: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 31, max: 2_000 })),
      pause: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const pacer = started();
        let last: { at: number; ms: number } | undefined;
        for (const { ms, late, pause } of steps) {
          if (pause !== undefined) pacer.start((last?.at ?? 0) + pause);
          const { at } = serve(pacer, late, ms);
          if (last !== undefined && !(at - last.at >= last.ms / 2)) expect.fail(`${at - last.at} ms after one of ${last.ms}`);
          last = { at, ms };
        }
      }),
    );
  });

  it('loses no time: what is sent and what is jumped over make up the time that passed, but for 100 ms', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(duration, fc.integer({ min: 0, max: 1_000 })), { minLength: 1, maxLength: 200 }), (steps) => {
        const pacer = started();
        let stream = serve(pacer, 0, 20).at + 20;
        for (const [ms, late] of steps) {
          const { at, gap } = serve(pacer, late, ms);
          stream += gap;
          // The frame about to be sent begins at `stream`; it may be late by at most the limit for catching up.
          if (!(at - stream >= -1e-9 && at - stream <= 100 + 1e-9)) expect.fail(`${at - stream} ms late`);
          stream += ms;
        }
      }),
    );
  });
});

describe('Pacer, over a pause', () => {
  it('goes on without a jump when the pause ends before the last frame has had its time', () => {
    const pacer = started();
    serve(pacer, 0, 20);
    pacer.start(5);
    expect(pacer.due).toBe(20);
    expect(serve(pacer, 0, 20)).toEqual({ at: 20, gap: 0 });
  });

  it('jumps by the time that passed, however short beyond a millisecond', () => {
    const pacer = started();
    serve(pacer, 0, 20);
    pacer.start(21);
    expect(serve(pacer, 0, 20)).toEqual({ at: 21, gap: 0 });
    pacer.start(45);
    expect(serve(pacer, 0, 20)).toEqual({ at: 45, gap: 5 });
    pacer.start(5_000);
    expect(serve(pacer, 30, 20)).toEqual({ at: 5_030, gap: 4_965 });
  });

  it('keeps half a duration from the last frame also where it was catching up before the pause', () => {
    const pacer = started();
    serve(pacer, 0, 20);
    serve(pacer, 60, 20);
    pacer.start(81);
    expect(pacer.due).toBe(90);
  });

  it('does not wait for an hour when the wall clock was set back during the pause', () => {
    const pacer = started(3_600_000);
    serve(pacer, 0, 20);
    pacer.start(100);
    expect(pacer.due).toBe(100);
    expect(serve(pacer, 0, 20)).toEqual({ at: 100, gap: 0 });
    expect(pacer.due).toBe(120);
  });
});

describe('Pacer, when the wall clock is set back', () => {
  it('moves every deadline with it', () => {
    const pacer = started(10_000);
    serve(pacer, 0, 20);
    serve(pacer, 60, 20);
    pacer.shift(9_000);
    expect(pacer.due).toBe(1_090);
    pacer.start(1_000);
    expect(pacer.due).toBe(1_090);
    expect(serve(pacer, 0, 20).at).toBe(1_090);
  });
});
