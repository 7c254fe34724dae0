import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { FaultCounter } from '../../../../src/driver/recovery/fault-counter.js';
import type { FaultKind, Recovery } from '../../../../src/fault.js';
import { defaultRecovery, isRung, recoverBy, RECOVERY_TABLE } from '../../../../src/driver/recovery/recovery.js';
import { CLOSE_CODES } from '../../../../src/protocol/close-codes.js';

type Decide = (kind: FaultKind) => Recovery;

/** Whether the session was ready before, gets as far as the server's Ready, or does not even reach Identify. */
type Standing = 'ready' | 'identified' | 'fresh';

/** Consecutive faults, as the driver sees them: after anything but a resume there is nothing left to resume. */
function driver(standing: Standing, recovery = defaultRecovery): Decide {
  const faults = new FaultCounter(10_000);
  if (standing === 'ready') faults.ready(0);
  let resumable = standing === 'ready';
  return (kind) => {
    const decision = recovery(faults.add(kind, { resumable, fresh: standing === 'fresh' }, 0), faults.count);
    faults.decided(decision);
    resumable &&= decision.action === 'resume';
    return decision;
  };
}

function text(recovery: Recovery): string {
  if (recovery.action === 'wait') return `wait ${recovery.delay} then ${text(recovery.then ?? { action: 'fail' })}`;
  if (recovery.action === 'end') return `end ${recovery.reason}`;
  return 'delay' in recovery ? `${recovery.action} ${recovery.delay}` : recovery.action;
}

/** `resume 0, resume 250, …, fail`: the decisions if the same fault occurs again and again, until recovery gives up. */
function ladder(kind: FaultKind, standing: Standing, recovery = defaultRecovery): string {
  const decide = driver(standing, recovery);
  const steps: string[] = [];
  for (let step = 0; step < 50; step++) {
    const decision = decide(kind);
    steps.push(text(decision));
    if (!isRung(decision)) break;
  }
  return steps.join(', ');
}

const RESUME = 'resume 0, resume 250, resume 500, rejoin 1000, rejoin 2000, rejoin 4000, fail';
const REIDENTIFY = 'reidentify 0, reidentify 250, reidentify 500, rejoin 1000, rejoin 2000, rejoin 4000, fail';
/** For either of them, if there is nothing to resume and the token is used up. */
const RENEW = 'rejoin 250, rejoin 250, rejoin 500, fail';
const REJOIN = 'rejoin 250, rejoin 500, rejoin 1000, fail';
const ONCE = 'rejoin 250, fail';

/** Close code; then the decisions for a session that was ready, one that had sent Identify, and one that had not. */
const CLOSES: readonly (readonly [number, string, string, string])[] = [
  ...[1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 4000, 4013, 4015, 4900, 4901, 4903].map((code) => [code, RESUME, RENEW, REIDENTIFY] as const),
  ...[1002, 1008, 3999].map((code) => [code, RESUME, RENEW, REIDENTIFY] as const),
  ...[4003, 4902].map((code) => [code, RENEW, RENEW, REIDENTIFY] as const),
  ...[4006, 4009, 4011, 4018, 4999].map((code) => [code, REJOIN, REJOIN, REJOIN] as const),
  ...[4001, 4002, 4004, 4005, 4020].map((code) => [code, ONCE, ONCE, ONCE] as const),
  ...([[4014, 'kicked'], [4022, 'kicked']] as const).map(([code, reason]) => {
    const wait = `wait 15000 then end ${reason}`;
    return [code, wait, wait, wait] as const;
  }),
  ...[4012, 4016, 4017, 4021].map((code) => [code, 'fail', 'fail', 'fail'] as const),
]; // prettier-ignore

describe('defaultRecovery', () => {
  it.each(CLOSES)('close code %i', (closeCode, ready, identified, fresh) => {
    expect(ladder({ type: 'closed', closeCode }, 'ready')).toBe(ready);
    expect(ladder({ type: 'closed', closeCode }, 'identified')).toBe(identified);
    expect(ladder({ type: 'closed', closeCode }, 'fresh')).toBe(fresh);
  });

  it('has a row in this table for every close code of the protocol', () => {
    expect(CLOSES.map(([code]) => code)).toEqual(expect.arrayContaining(Object.keys(CLOSE_CODES).map(Number)));
  });

  it.each(['socket', 'hello', 'ready', 'discovery', 'description', 'dave'] as const)('a timeout at %s', (stage) => {
    expect(ladder({ type: 'timeout', stage, ms: 5_000 }, 'ready')).toBe(RESUME);
    expect(ladder({ type: 'timeout', stage, ms: 5_000 }, 'fresh')).toBe('fail');
  });

  it.each<[string, FaultKind, string]>([
    ['no answer to op 4', { type: 'timeout', stage: 'signalling', ms: 10_000 }, REJOIN],
    ['unanswered heartbeats', { type: 'acks' }, RESUME],
    ['a lost UDP socket', { type: 'udp', message: 'gone' }, RENEW],
    ['a null endpoint', { type: 'no-endpoint' }, 'wait 30000 then rejoin 250'],
    ['a kick', { type: 'kicked' }, 'end kicked'],
    ['the end of the call', { type: 'call-ended' }, 'end call-ended'],
  ])('%s', (_, kind, expected) => {
    expect(ladder(kind, 'ready')).toBe(expected);
  });

  it.each<FaultKind>([{ type: 'moved', channelId: '1' }, { type: 'new-token' }, { type: 'gateway-reidentified' }])(
    'news of another server ($type): at once, with what it brings, however much was tried before',
    (kind) => {
      const faults = new FaultCounter(10_000);
      for (let i = 0; i < 3; i++) faults.decided({ action: 'reidentify', delay: 0 });
      expect(text(defaultRecovery(faults.news(kind), 1))).toBe('reidentify 0');
    },
  );

  it('null endpoints one after the other come to an end, too', () => {
    const decide = driver('ready');
    const decisions = Array.from({ length: 3 }, () => {
      const waited = decide({ type: 'no-endpoint' });
      // The wait had no effect, and the driver rejoins: the answer is a null endpoint again.
      return text(waited);
    });
    expect(decisions.at(-1)).toMatch(/^wait 30000 then rejoin/);
    const faults = new FaultCounter(10_000);
    for (let i = 0; i < 3; i++) faults.decided({ action: 'rejoin', delay: 0 });
    expect(text(defaultRecovery(faults.add({ type: 'no-endpoint' }, { resumable: false, fresh: false }, 0), 4))).toBe('wait 30000 then fail');
  });

  it('a new token after three failed resumes is worth a new join: 4006 does not end a session whose rejoins are all unspent', () => {
    const decide = driver('ready');
    for (let i = 0; i < 3; i++) decide({ type: 'closed', closeCode: 1006 });
    expect(text(decide({ type: 'closed', closeCode: 4006 }))).toBe('rejoin 2000');
  });

  it('ends within 12 decisions whatever comes, and delays none by more than 30 s', () => {
    const kind: fc.Arbitrary<FaultKind> = fc.oneof(
      fc.record({ type: fc.constant('closed' as const), closeCode: fc.integer({ min: 0, max: 65_535 }) }),
      fc.record({ type: fc.constant('closed' as const), closeCode: fc.constantFrom(...Object.keys(CLOSE_CODES).map(Number)) }),
      fc.constantFrom<FaultKind>({ type: 'acks' }, { type: 'udp', message: '' }, { type: 'timeout', stage: 'hello', ms: 1 }, { type: 'kicked' }),
    );
    fc.assert(
      fc.property(fc.array(kind, { minLength: 13, maxLength: 40 }), fc.constantFrom<Standing>('ready', 'identified', 'fresh'), (kinds, standing) => {
        const decide = driver(standing);
        const decisions = kinds.map(decide);
        expect(decisions.slice(0, 12).some(({ action }) => ['fail', 'end', 'wait'].includes(action))).toBe(true);
        for (const decision of decisions) {
          if ('delay' in decision) expect(decision.delay >= 0 && decision.delay <= 30_000).toBe(true);
          expect(structuredClone(decision)).toEqual(decision);
        }
      }),
    );
  });
});

describe('recoverBy', () => {
  it('changes one entry and leaves the others', () => {
    const recovery = recoverBy({ kicked: { action: 'rejoin' }, closed: { 4014: { action: 'fail' }, 4777: { action: 'resume' } } });
    expect(ladder({ type: 'kicked' }, 'ready', recovery)).toBe(REJOIN);
    expect(ladder({ type: 'closed', closeCode: 4014 }, 'ready', recovery)).toBe('fail');
    expect(ladder({ type: 'closed', closeCode: 4777 }, 'ready', recovery)).toBe(RESUME);
    expect(ladder({ type: 'closed', closeCode: 4022 }, 'ready', recovery)).toBe('wait 15000 then end kicked');
    expect(ladder({ type: 'udp', message: '' }, 'ready', recovery)).toBe(RENEW);
  });

  it('changes the two rules for unknown codes one by one', () => {
    const recovery = recoverBy({ closedOther: { above: { action: 'end', reason: 'call-ended' } } });
    expect(ladder({ type: 'closed', closeCode: 4999 }, 'ready', recovery)).toBe('end call-ended');
    expect(ladder({ type: 'closed', closeCode: 3999 }, 'ready', recovery)).toBe(RESUME);
  });

  it('takes another budget', () => {
    const recovery = recoverBy({}, { tries: 1, firstDelay: 10, maxDelay: 15 });
    expect(ladder({ type: 'closed', closeCode: 1006 }, 'ready', recovery)).toBe('resume 0, rejoin 10, fail');
  });

  it('a first connection that hangs can be tried on with', () => {
    const recovery = recoverBy({ firstTimeout: { action: 'reidentify', tries: 1 } });
    expect(ladder({ type: 'timeout', stage: 'hello', ms: 5 }, 'fresh', recovery)).toBe('reidentify 0, fail');
  });

  it('follows a table that is plain data, with a rule for every close code of the protocol', () => {
    expect(structuredClone(RECOVERY_TABLE)).toEqual(RECOVERY_TABLE);
    expect(Object.keys(RECOVERY_TABLE.closed)).toEqual(Object.keys(CLOSE_CODES));
  });
});
