/** How long recovery waits: the virtual worlds of the other tests use the one random byte for which the jitter is zero. */
import { asyncScheduler } from 'rxjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryOut$, EndRequest, RejoinRequest } from '../../../../src/driver/recovery/carry-out.js';
import type { Recovery, Rung } from '../../../../src/fault.js';
import { virtualTime } from '../../../support/virtual-time.js';

const FAILURE = new Error('what the user is told');

/** The outcome of a recovery, and its time, with this random byte. */
function outcome(recovery: Recovery, byte: number): string {
  let told = 'nothing';
  const note = (what: string): void => void (told = `${asyncScheduler.now()} ${what}`);
  virtualTime(({ flush }) => {
    const options = { scheduler: asyncScheduler, random: (bytes: number) => new Uint8Array(bytes).fill(byte) };
    carryOut$(recovery, () => FAILURE, options).subscribe({
      next: () => note('next'),
      error: (error: unknown) => note(error instanceof RejoinRequest ? `rejoin in ${error.delay}` : error instanceof EndRequest ? error.reason : String(error)),
    });
    flush();
  });
  return told;
}

describe('the jitter of recovery', () => {
  it.each<[number, number]>([
    [0, 500],
    [64, 750],
    [128, 1_000],
    [192, 1_250],
    [255, 1_496],
  ])('byte %i makes %i ms of a second, at each rung', (byte, ms) => {
    expect(outcome({ action: 'resume', delay: 1_000 }, byte)).toBe(`${ms} next`);
    expect(outcome({ action: 'reidentify', delay: 1_000 }, byte)).toBe(`${ms} next`);
    expect(outcome({ action: 'rejoin', delay: 1_000 }, byte)).toBe(`0 rejoin in ${ms}`);
  });

  it('is half either way at the most, rises with the byte, and spreads a crowd evenly', () => {
    fc.assert(
      fc.property(fc.constantFrom<Rung>('resume', 'reidentify', 'rejoin'), fc.integer({ min: 1, max: 30_000 }), (action, delay) => {
        const waits = Array.from({ length: 256 }, (_, byte) => Number(/\d+/.exec(outcome({ action, delay }, byte).replace('0 rejoin in ', ''))![0]));
        expect(waits[0]).toBe(Math.round(delay / 2));
        expect(waits[255]).toBeLessThanOrEqual(Math.round(1.5 * delay));
        expect([...waits].sort((a, b) => a - b)).toEqual(waits);
        const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
        expect(Math.abs(mean / delay - 1)).toBeLessThan(0.01 + 0.5 / delay);
      }),
      { numRuns: 10 },
    );
  });

  it('is none where there is no delay, nor of a wait, which is kept in full', () => {
    for (const byte of [0, 128, 255]) {
      expect(outcome({ action: 'resume', delay: 0 }, byte)).toBe('0 next');
      expect(outcome({ action: 'rejoin', delay: 0 }, byte)).toBe('0 rejoin in 0');
      expect(outcome({ action: 'wait', delay: 700 }, byte)).toBe(`700 ${String(FAILURE)}`);
      expect(outcome({ action: 'wait', delay: 700, then: { action: 'end', reason: 'kicked' } }, byte)).toBe('700 kicked');
    }
    expect(outcome({ action: 'wait', delay: 700, then: { action: 'resume', delay: 100 } }, 0)).toBe('750 next');
  });

  it('is drawn anew each time', () => {
    const drawn: number[] = [];
    const random = (bytes: number): Uint8Array => Uint8Array.of(...Array.from({ length: bytes }, () => drawn.push(bytes) * 50));
    const errors: unknown[] = [];
    for (let i = 0; i < 3; i++) carryOut$({ action: 'rejoin', delay: 256 }, () => FAILURE, { scheduler: asyncScheduler, random }).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([178, 228, 278].map((delay) => new RejoinRequest(delay)));
    expect(drawn).toEqual([1, 1, 1]);
    carryOut$({ action: 'end', reason: 'kicked' }, () => FAILURE, { scheduler: asyncScheduler, random }).subscribe({ error: () => undefined });
    expect(drawn).toHaveLength(3);
  });
});
