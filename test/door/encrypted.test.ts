/** What only shows in an encrypted call: plain audio, and a client of version 4 that loses its socket. */
import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { afterEach, expect, it } from 'vitest';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import type { LoopbackVoiceServer, VoiceServerOptions } from '../../src/server/index.js';
import { testFrames } from '../../src/testing/index.js';
import { CHANNEL, EncryptedCall, GUILD, hex } from '../support/encrypted-call.js';
import { credentialsOf } from '../support/raw-voice-client.js';
import { PROFILES } from './profiles.js';
import { Visitor } from './visitor.js';

const MODE = 'aead_aes256_gcm_rtpsize';
const profileOf = (name: string) => PROFILES.find((profile) => profile.name.startsWith(name))!;

let server: LoopbackVoiceServer;
let call: EncryptedCall;
afterEach(async () => {
  await call.end();
});

/** rxvoice as 10 and a visitor as 20, in one group. */
async function meet(name: string, options: VoiceServerOptions = {}) {
  call = await EncryptedCall.start(options);
  ({ server } = call);
  const host = await call.join('10');
  const together = (): Promise<unknown> =>
    firstValueFrom(host.e2ee$.pipe(filter(({ status, members }) => status === 'secure' && members.includes('20'))));
  const admission = server.admit({ guildId: GUILD, channelId: CHANNEL, userId: '20' });
  const visitor = await Visitor.join(server.endpoint, admission, profileOf(name), MODE);
  await together();
  visitor.speak();
  await visitor.beat();
  return { host, visitor, admission, together };
}

it('plain audio of a member of the group is suspicious, silence is not; a strict server refuses it', async () => {
  for (const strict of [false, true]) {
    const { visitor } = await meet('discord.py', { strict });
    const { client } = visitor;
    client.sendDatagram(client.audio({ sequence: 100, payload: Uint8Array.of(0xf8, 0xff, 0xfe) }));
    client.sendDatagram(client.audio({ sequence: 101, payload: testFrames(1)[0]! }));
    await client.discover();
    expect(server.suspicions['plain-audio']).toBe(1);
    expect(server.counters).toMatchObject({ accepted: strict ? 1 : 2, refused: strict ? 1 : 0 });
    visitor.leave();
    if (!strict) await call.end();
  }
});

it('a client of version 4, to which nothing is replayed, begins anew in the group when it is back', async () => {
  const { host, visitor, admission, together } = await meet('songbird');
  const alone = firstValueFrom(host.e2ee$.pipe(filter(({ members }) => !members.includes('20'))));
  visitor.client.socket.terminate();
  await alone;
  await visitor.resume(server.endpoint, credentialsOf(admission));
  await together();
  await visitor.beat();
  const frames = testFrames(5);
  const heard = visitor.hear('10', 5);
  await lastValueFrom(host.play(frames));
  expect(await heard).toEqual(frames.map(hex));
  expect(visitor.client.frames.some(({ op }) => op === VoiceOp.DavePrepareEpoch)).toBe(true);
  visitor.leave();
});
