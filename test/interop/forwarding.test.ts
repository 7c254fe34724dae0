/** With padding, extensions and RTCP in between, @discordjs/voice, rxvoice and a bare client still hear each other. */
import { describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { filter, firstValueFrom, fromEvent, map, type Observable } from 'rxjs';
import type { EncryptionMode } from '../../src/index.js';
import { realTraffic, type ForwardingOptions } from '../../src/server/index.js';
import { testFrames } from '../../src/testing/test-frames.js';
import { loopbackCertificate } from '../support/certificate.js';
import { RawVoiceClient } from '../support/raw-voice-client.js';
import { CHANNEL, DJS_USER, firstFrames, GUILD, hex, isSilence, RX_USER, stages } from './stage.js';

const FRAMES = 150;
const RAW_USER = '3003';
const stage = stages();

/** Only what djs can read: no CSRC lists and no two-byte extensions. The shares are above the real ones, so that everything occurs. */
const TRAFFIC: ForwardingOptions = { ...realTraffic, padding: 0.3, paddingBursts: 0.05, reportInterval: 200, seed: 5 };

/** The first frames that are not silence. */
function speech(frames$: Observable<Uint8Array>): Promise<string[]> {
  return firstFrames(frames$.pipe(filter((frame) => !isSilence(frame))), FRAMES);
}

describe('with padding, extensions, bursts of padding and RTCP', () => {
  for (const mode of ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'] satisfies EncryptionMode[]) {
    it(`both hear all others, byte for byte: ${mode}`, async () => {
      const { server, joinDjs, joinRx } = await stage({ modes: [mode], forwarding: TRAFFIC });
      const djs = await joinDjs();
      const session = await joinRx();
      const admission = server.admit({ guildId: GUILD, channelId: CHANNEL, userId: RAW_USER });
      const introductions = [DJS_USER, RAW_USER].map((user) =>
        firstValueFrom(session.speaking$.pipe(filter(({ userId }) => userId === user))),
      );
      const { cert: ca } = await loopbackCertificate();
      const raw = await RawVoiceClient.join(server.endpoint, admission, { mode, ca });
      djs.connection.setSpeaking(true);
      await Promise.all(introductions);

      const ears = await Promise.all([djs.hear(RX_USER), djs.hear(RAW_USER)]);

      const sent = { rx: testFrames(FRAMES), djs: testFrames(FRAMES, 1_000), raw: testFrames(FRAMES, 2_000) };
      // djs emits an empty frame for a packet of nothing but padding.
      const atDjs = ears.map((ear) =>
        speech(fromEvent(ear, 'data').pipe(map((data) => data as Buffer), filter(({ length }) => length > 0))),
      ); // prettier-ignore
      const atRx = [DJS_USER, RAW_USER].map((user) => speech(session.receive(user).pipe(map(({ frame }) => frame))));
      const played = firstValueFrom(session.play(sent.rx).pipe(filter(({ type }) => type === 'finished')));
      const djsPlayed = djs.play(sent.djs);
      // The bare client has no clock of its own: it sends a frame for each audio packet that it receives.
      let n = 0;
      while (n < FRAMES) {
        await raw.datagram((datagram) => datagram.readUInt32BE(8) !== raw.ssrc && (datagram[1]! & 0x7f) === 0x78);
        raw.sendDatagram(raw.audio({ sequence: n, payload: sent.raw[n]! }));
        n += 1;
      }
      await Promise.all([played, djsPlayed]);
      expect(await Promise.all(atDjs)).toEqual([sent.rx, sent.raw].map((frames) => frames.map(hex)));
      expect(await Promise.all(atRx)).toEqual([sent.djs, sent.raw].map((frames) => frames.map(hex)));
      raw.leave();
      expect(server.counters.reports).toBeGreaterThan(0);
      expect(server.counters).toMatchObject({ dropped: 0, undecryptable: 0, malformed: 0 });
      for (const receiver of [RX_USER, DJS_USER]) expect(server.accounting(receiver).get(RAW_USER)!.paddingOnly).toBeGreaterThan(0);
    });
  }
});

describe('an end-to-end encrypted call', () => {
  it('is heard on both sides through padding, extensions and RTCP', async () => {
    const { server, joinDjs, joinRx } = await stage({ daveVersion: 1, forwarding: TRAFFIC });
    const djs = await joinDjs();
    const session = await joinRx();
    const introduced = firstValueFrom(session.speaking$.pipe(filter(({ userId }) => userId === DJS_USER)));
    djs.connection.setSpeaking(true);
    await introduced;
    const code = await firstValueFrom(session.e2ee$.pipe(filter(({ privacyCode }) => privacyCode !== null)));
    while (djs.connection.voicePrivacyCode !== code.privacyCode) await once(djs.connection, 'transitioned');
    const ear = await djs.hear(RX_USER);

    const sent = { rx: testFrames(FRAMES), djs: testFrames(FRAMES, 1_000) };
    const atDjs = speech(fromEvent(ear, 'data').pipe(map((data) => data as Buffer)));
    const atRx = speech(session.receive(DJS_USER).pipe(map(({ frame }) => frame)));
    const played = firstValueFrom(session.play(sent.rx).pipe(filter(({ type }) => type === 'finished')));
    await Promise.all([played, djs.play(sent.djs)]);
    expect(await atDjs).toEqual(sent.rx.map(hex));
    expect(await atRx).toEqual(sent.djs.map(hex));
    expect(server.counters.reports).toBeGreaterThan(0);
    expect(server.counters.paddingOnly).toBeGreaterThan(0);
  });
});
