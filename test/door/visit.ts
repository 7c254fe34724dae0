/** One visit: a profile and rxvoice in a call, in one transport mode; each plays and hears the other. */
import { filter, firstValueFrom, lastValueFrom, map, take, toArray } from 'rxjs';
import type { EncryptionMode } from '../../src/protocol/encryption-modes.js';
import type { Suspicion } from '../../src/server/index.js';
import { testFrames } from '../../src/testing/index.js';
import { CHANNEL, EncryptedCall, GUILD, hex } from '../support/encrypted-call.js';
import type { Profile } from './profiles.js';
import { Visitor } from './visitor.js';

export const FRAMES = 20;
const HOST = '10';
const GUEST = '20';

/** What came of it. */
export interface Visit {
  readonly heard: number;
  readonly hearing: number;
  readonly beats: Visitor['beats'];
  /** Of the datagrams that are no audio: how many were sent, and how many the server took for keepalives. */
  readonly keepalives: readonly [sent: number, taken: number];
  readonly malformed: number;
  readonly suspicious: readonly Suspicion[];
}

export async function visit(profile: Profile, mode: EncryptionMode): Promise<Visit> {
  const call = await EncryptedCall.start({ daveVersion: profile.dave ? 1 : 0 });
  const { server } = call;
  try {
    const host = await call.join(HOST);
    const admission = server.admit({ guildId: GUILD, channelId: CHANNEL, userId: GUEST });
    const visitor = await Visitor.join(server.endpoint, admission, profile, mode);
    if (profile.dave) await firstValueFrom(host.e2ee$.pipe(filter(({ status, members }) => status === 'secure' && members.includes(GUEST))));
    visitor.speak();
    await visitor.beat();
    const before = server.counters.keepalives;
    const sent = visitor.idle();
    // Behind the keepalives on the same path: what comes of them has come when this is answered.
    await visitor.client.discover();
    const taken = server.counters.keepalives - before;

    const own = testFrames(FRAMES);
    const heard = firstValueFrom(host.receive(GUEST).pipe(map(({ frame }) => hex(frame)), filter((frame) => frame !== 'f8fffe'), take(FRAMES), toArray())); // prettier-ignore
    visitor.play(own);
    const others = testFrames(FRAMES, 1_000);
    const hearing = visitor.hear(HOST, FRAMES);
    await lastValueFrom(host.play(others));
    const counted = [same(await heard, own), same(await hearing, others)];
    await visitor.beat();
    visitor.leave();
    const suspicious = (Object.keys(server.suspicions) as Suspicion[]).filter((what) => server.suspicions[what] > 0);
    const { malformed } = server.counters;
    return { heard: counted[0]!, hearing: counted[1]!, beats: visitor.beats, keepalives: [sent, taken], malformed, suspicious };
  } finally {
    await call.end();
  }
}

function same(got: readonly string[], frames: readonly Uint8Array[]): number {
  return got.filter((frame, i) => frame === hex(frames[i]!)).length;
}
