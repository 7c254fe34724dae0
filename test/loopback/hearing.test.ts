/** Everybody hears all simultaneous speakers, byte for byte and in order, end-to-end encrypted with the real MLS library. */
import { filter, firstValueFrom, lastValueFrom, merge, scan, timeout } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { VoiceSession } from '../../src/index.js';
import { realTraffic, type ForwardingOptions } from '../../src/server/index.js';
import { testFrames } from '../../src/testing/index.js';
import { earsOpen } from '../support/ears-open.js';
import { EncryptedCall, hex } from '../support/encrypted-call.js';
import { leakedResources, openResources } from '../support/open-resources.js';
import { inProcessTime } from '../support/process-time.js';

const SILENCE = 'f8fffe';
/** The longest wait. A lost frame never arrives later. */
const PATIENCE_MS = 20_000;
/** The MLS work for a group of 25 members takes some ten seconds by itself. */
const LIMIT_MS = 180_000;

/** What each other member said, in order of arrival; resolves with the last of `total` frames. */
function everythingHeard(session: VoiceSession, total: number): Promise<ReadonlyMap<string, readonly string[]>> {
  return firstValueFrom(
    session.receive().pipe(
      filter(({ frame }) => hex(frame) !== SILENCE),
      scan((heard, { userId, frame }) => {
        heard.set(userId!, [...(heard.get(userId!) ?? []), hex(frame)]);
        return heard;
      }, new Map<string, string[]>()),
      filter((heard) => [...heard.values()].reduce((sum, frames) => sum + frames.length, 0) === total),
      timeout(PATIENCE_MS),
    ),
  );
}

type Round = readonly [count: number, forwarding: ForwardingOptions | null];

describe('speakers at once, in an encrypted call', () => {
  it.each<{ readonly speakers: number; readonly frames: string; readonly rounds: readonly Round[] }>([
    { speakers: 2, frames: '60 frames', rounds: [[60, null]] },
    { speakers: 5, frames: '40 frames', rounds: [[40, realTraffic]] },
    // Both rounds use one call, because bringing the members together takes most of the time.
    { speakers: 25, frames: '16 frames, and then 8 in traffic that is padded', rounds: [[16, null], [8, { ...realTraffic, padding: 0.5, paddingBursts: 0.05 }]] }, // prettier-ignore
  ])(
    '$speakers, with $frames of each: everybody hears everybody',
    async ({ speakers, rounds }) => {
      const before = openResources();
      await inProcessTime(async (time) => {
        const call = await EncryptedCall.start({}, time);
        const users = Array.from({ length: speakers }, (_, i) => String(100 + i));
        try {
          await Promise.all(users.map((userId) => call.join(userId)));
          await call.agreed();
          for (const [count, forwarding] of rounds) {
            call.server.faults.forwarding(forwarding);
            await expectEverybodyHeard(call, users, count);
          }
        } finally {
          await call.end();
        }
      });
      expect(await leakedResources(before)).toEqual([]);
    },
    LIMIT_MS,
  );
});

async function expectEverybodyHeard(call: EncryptedCall, users: readonly string[], count: number): Promise<void> {
  const song = (userId: string): Uint8Array[] => testFrames(count, Number(userId) * 100);
  const ears = Promise.all(users.map((userId) => everythingHeard(call.sessions.get(userId)!, (users.length - 1) * count)));
  await earsOpen(...call.sessions.values());
  const [heard] = await Promise.all([ears, lastValueFrom(merge(...users.map((userId) => call.sessions.get(userId)!.play(song(userId)))))]);
  for (const [i, userId] of users.entries()) {
    const others = users.filter((other) => other !== userId);
    expect(heard[i]!.size).toBe(others.length);
    for (const other of others) expect(heard[i]!.get(other)).toEqual(song(other).map(hex));
    const { totals } = await firstValueFrom(call.sessions.get(userId)!.stats$);
    expect(totals).toMatchObject({ lost: 0, duplicates: 0, reordered: 0 });
    expect(Object.values(totals.refused)).toEqual([0, 0, 0, 0, 0]);
  }
}
