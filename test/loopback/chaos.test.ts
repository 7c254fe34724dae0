/** The storm of test/storm in short: 25 faults of all kinds over a song, on real sockets. `npm run storm` is the long form. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectVoice$, recoverBy } from '../../src/index.js';
import { nodeTransports } from '../../src/driver.js';
import { startVoiceServer } from '../../src/server/index.js';
import { testFrame } from '../../src/testing/index.js';
import { chaos, type StormResult } from '../storm/chaos.mjs';
import { leakedResources, openResources } from '../support/open-resources.js';

const library = { connectVoice$, recoverBy, nodeTransports, startVoiceServer, testFrame };
const FAULTS = 25;
/** ms for each stage of a join: no fault here lets a deadline of the client pass, and no slow machine should either. */
const stage = 10_000;

let before: string[];
beforeAll(() => {
  before = openResources();
});
afterAll(async () => {
  expect(await leakedResources(before)).toEqual([]);
});

/** The account contains each frame exactly once. */
function expectWhole(result: StormResult): void {
  expect(result.violations, result.violations.join('\n')).toEqual([]);
  expect(result.unaccounted).toBe(0);
  expect(result.arrived + result.lostByRule + result.deaf + result.unheard).toBe(result.sent);
}

// Concurrent: each storm has its own server and mostly waits. The storm itself detects a hang, because it limits its wait after each fault.
describe.concurrent('a storm over a playing session', { timeout: 180_000 }, () => {
  it.each([
    { call: 'plain', dave: false, seed: 41 },
    { call: 'encrypted', dave: true, seed: 42 },
    // It is unknown whether Discord accepts a used token again: the recovery ladder works either way.
    { call: 'plain, tokens good twice', dave: false, seed: 45, server: { tokenReuse: 'accept' } as const },
  ])('$call: the same session plays on, and every frame arrives once, in order, or is accounted for (seed $seed)', async ({ dave, seed, server = {} }) => {
    // The slowest kinds, a silent socket and expiring deadlines, are left to `npm run storm`.
    const kinds = ['WebSocket closed', 'dropped', 'refused', 'server update', 'datagrams', 'endpoint', 'another server', 'token', 'moved', 'anew', 'crashed', 'UDP socket', 'session id', 'kicked', 'DAVE']; // prettier-ignore
    const result = await chaos(library, { faults: FAULTS, seed, dave, server, kinds, stage, leaks: false });
    expectWhole(result);
    expect(result.faults).toBe(FAULTS);
    expect(result.kinds).toBe(FAULTS);
    expect(result.sent).toBeGreaterThan(FAULTS);
  });

  // Where sources disagree about Discord: the storms above use the defaults, these use the other answers.
  it.each([
    { seed: 45, server: { afterCrash: 'nothing', sameChannel: 'voice-state-update', tokenReuse: 4004 } },
    { seed: 46, server: { tokenReuse: 'accept', tokenAfterRestart: 'accept' } },
    { seed: 47, server: { afterCrash: 'nothing', tokenAfterRestart: 'accept' } },
  ] as const)('is survived at a server of $server (seed $seed)', async ({ seed, server }) => {
    const kinds = ['crashed', 'down for', 'token', 'server update', 'session id', 'anew', 'WebSocket closed: 400', 'kicked', 'moved'];
    const result = await chaos(library, { faults: FAULTS, seed, server, kinds, stage, leaks: false });
    expectWhole(result);
    expect(result.faults).toBe(FAULTS);
  });

  it('tells what a bad network has lost, and does not take it for arrived', async () => {
    const lossy = await chaos(library, { faults: 3, seed: 44, kinds: ['datagrams lost'], stage, leaks: false });
    expectWhole(lossy);
    expect(lossy.lostByRule).toBeGreaterThan(0);
    expect(lossy.arrived).toBeLessThan(lossy.sent);
  });
});
