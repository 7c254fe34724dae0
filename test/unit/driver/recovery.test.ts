import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { defaultRecovery, type Recovery, type VoiceFault } from '../../../src/driver/recovery.js';
import { CLOSE_CODES } from '../../../src/protocol/close-codes.js';

/** `resume 0, resume 250, …, fail`: what is done at each attempt, until it fails. */
function ladder(fault: VoiceFault, until = 20): string {
  const steps: string[] = [];
  for (let attempt = 1; attempt <= until; attempt++) {
    const recovery = defaultRecovery(fault, attempt);
    steps.push('delay' in recovery ? `${recovery.action} ${recovery.delay}` : recovery.action);
    if (recovery.action === 'fail') break;
  }
  return steps.join(', ');
}

const RESUME =
  'resume 0, resume 250, resume 500, reidentify 1000, reidentify 2000, reidentify 4000, rejoin 5000, rejoin 5000, rejoin 5000, fail';
const REIDENTIFY = 'reidentify 0, reidentify 250, reidentify 500, rejoin 1000, rejoin 2000, rejoin 4000, fail';
const REJOIN = 'rejoin 250, rejoin 500, rejoin 1000, fail';
const WAIT = new Array<string>(20).fill('wait 10000').join(', ');

/** Close code, of a session that was ready, of a first connection. */
const CLOSES: readonly (readonly [number, string, string])[] = [
  ...[1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 4000, 4013, 4015, 4900].map((code) => [code, RESUME, REIDENTIFY] as const),
  ...[1002, 1008, 3999].map((code) => [code, RESUME, REIDENTIFY] as const),
  [4003, REIDENTIFY, REIDENTIFY],
  ...[4004, 4006, 4009, 4011, 4018, 4999].map((code) => [code, REJOIN, REJOIN] as const),
  ...[4014, 4022].map((code) => [code, WAIT, WAIT] as const),
  ...[4001, 4002, 4005, 4012, 4016, 4017, 4020, 4021].map((code) => [code, 'fail', 'fail'] as const),
];

describe('defaultRecovery', () => {
  it.each(CLOSES)('close code %i', (closeCode, ready, first) => {
    expect(ladder({ type: 'closed', closeCode, wasReady: true })).toBe(ready);
    expect(ladder({ type: 'closed', closeCode, wasReady: false })).toBe(first);
  });

  it('has a row in this table for every close code of the protocol', () => {
    expect(CLOSES.map(([code]) => code)).toEqual(expect.arrayContaining(Object.keys(CLOSE_CODES).map(Number)));
  });

  it.each(['socket', 'hello', 'ready', 'discovery', 'description', 'dave'] as const)('a timeout at %s', (stage) => {
    expect(ladder({ type: 'timeout', stage, ms: 5_000, wasReady: true })).toBe(RESUME);
    expect(ladder({ type: 'timeout', stage, ms: 5_000, wasReady: false })).toBe('fail');
  });

  it.each([true, false])('a lost UDP socket, ready before: %s', (wasReady) => {
    expect(ladder({ type: 'udp', message: 'gone', wasReady })).toBe(REIDENTIFY);
  });

  it('ends every row but that of waiting within 12 attempts, and delays none by more than 10 s', () => {
    const fault = fc.record({ type: fc.constant('closed' as const), closeCode: fc.integer({ min: 0, max: 65_535 }), wasReady: fc.boolean() });
    fc.assert(
      fc.property(fault, fc.integer({ min: 1, max: 1_000 }), (closed, attempt) => {
        const recovery: Recovery = defaultRecovery(closed, attempt);
        if (attempt > 12) expect(['fail', 'wait']).toContain(recovery.action);
        if ('delay' in recovery) {
          expect(recovery.delay).toBeGreaterThanOrEqual(0);
          expect(recovery.delay).toBeLessThanOrEqual(10_000);
        }
        expect(structuredClone(recovery)).toEqual(recovery);
      }),
    );
  });
});
