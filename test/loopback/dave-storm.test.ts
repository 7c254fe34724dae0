/**
 * Random (seeded) joins, leaves, lost WebSockets, resets and late messages in an encrypted call over real sockets: whatever happened,
 * once it is quiet everybody is in one group, with one code, and hears everybody.
 */
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHANNEL, EncryptedCall, GUILD } from '../support/encrypted-call.js';
import { leakedResources, openResources } from '../support/open-resources.js';

const USERS = ['101', '102', '103', '104', '105'];
const ROUNDS = 12;
const ACTS_PER_ROUND = 20;

type Act =
  | { readonly type: 'toggle' | 'drop'; readonly user: number }
  | { readonly type: 'reset' | 'proposals' | 'late' | 'commit' | 'welcome' }
  | { readonly type: 'turns'; readonly count: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('toggle' as const), user: fc.nat(USERS.length - 1) }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('drop' as const), user: fc.nat(USERS.length - 1) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('reset' as const, 'proposals', 'late', 'commit', 'welcome') }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('turns' as const), count: fc.nat(30) }) },
);

let before: string[];
let call: EncryptedCall;
beforeAll(async () => {
  before = openResources();
  call = await EncryptedCall.start({ dave: { stallTimeout: 500, transitionTimeout: 500 } });
});
afterAll(async () => {
  await call.end();
  expect(await leakedResources(before)).toEqual([]);
});

/** Performs one act. Adds a join to `joining`, which must be awaited before the call can be quiet. */
async function perform(step: Act): Promise<void> {
  const { server } = call;
  const faults = server.dave(GUILD, CHANNEL)?.faults;
  switch (step.type) {
    case 'toggle': {
      const userId = USERS[step.user]!;
      if (call.leave.has(userId)) call.go(userId);
      else joining.push(call.join(userId).then(() => undefined, () => undefined)); // prettier-ignore
      break;
    }
    case 'drop':
      server.faults.dropSocket(USERS[step.user]!);
      break;
    case 'reset':
      faults?.resetGroup();
      break;
    case 'proposals':
      faults?.sendGarbageProposals();
      break;
    case 'commit':
      faults?.garbleCommit();
      break;
    case 'welcome':
      faults?.garbleWelcome();
      break;
    case 'late':
      faults?.delayExternalSender(20);
      break;
    case 'turns':
      for (let turn = 0; turn < step.count; turn++) await setImmediate();
  }
}

const joining: Promise<void>[] = [];

const rounds = fc.sample(fc.array(act, { minLength: ACTS_PER_ROUND, maxLength: ACTS_PER_ROUND }), { numRuns: ROUNDS, seed: 2_611 });

// All rounds share one call. Each is a test of its own, so that one that hangs is named, and each has its own time limit.
describe(`${ROUNDS} rounds of ${ACTS_PER_ROUND} acts: the call is whole`, () => {
  it.each(rounds.map((acts, i) => ({ round: i + 1, acts })))('after round $round', async ({ acts }) => {
    for (const step of acts) await perform(step);
    await Promise.all(joining.splice(0));
    call.server.dave(GUILD, CHANNEL)?.faults.delayExternalSender(0);
    // A group needs two members.
    for (const userId of USERS.slice(0, 2)) if (!call.leave.has(userId)) await call.join(userId);
    expect(await call.agreed()).toMatch(/^\d{30}$/);
    await call.expectAllHeard(2);
  });
});
