/** Two implementations in one call: what one plays, the other hears, byte for byte. */
import { describe, expect, it } from 'vitest';
import { filter, firstValueFrom, fromEvent, map } from 'rxjs';
import type { EncryptionMode } from '../../src/index.js';
import { testFrames } from '../../src/testing/test-frames.js';
import { audioOf, DJS_USER, firstFrames, hex, isSilence, nextEvent, payloads, RX_USER, stages } from './stage.js';

const FRAMES = 100;
const stage = stages();

describe('@discordjs/voice alone', () => {
  it('plays 100 frames to our server', async () => {
    const { server, joinDjs, expectClean } = await stage();
    const djs = await joinDjs();
    const frames = testFrames(FRAMES);
    const packets = firstFrames(payloads(audioOf(server, DJS_USER)), FRAMES);
    await djs.play(frames);
    expect(await packets).toEqual(frames.map(hex));
    expectClean();
  });
});

describe('a call of rxvoice and @discordjs/voice', () => {
  const cases: readonly (readonly [EncryptionMode, 'state-first' | 'server-first'])[] = [
    ['aead_aes256_gcm_rtpsize', 'state-first'],
    ['aead_xchacha20_poly1305_rtpsize', 'server-first'],
  ];
  for (const [mode, order] of cases) {
    it(`is heard on both sides with ${mode}, ${order}`, async () => {
      const { server, joinDjs, joinRx, expectClean } = await stage({ modes: [mode] });
      const chosen = [RX_USER, DJS_USER].map((user) => nextEvent(server, 'select', user));
      const djs = await joinDjs();
      // Set after djs has joined, because djs waits for ever if the server's event comes first.
      server.faults.eventOrder(order);
      const session = await joinRx();
      for (const selected of chosen) expect(await selected).toMatchObject({ mode });

      // A packet may overtake the Speaking that announces its SSRC, so both sides are introduced before the audio begins.
      const introduced = firstValueFrom(session.speaking$.pipe(filter(({ userId }) => userId === DJS_USER)));
      djs.connection.setSpeaking(true);
      await introduced;
      const ear = await djs.hear(RX_USER);

      const [ours, theirs] = [testFrames(FRAMES), testFrames(FRAMES, 1_000)];
      const toDjs = firstFrames(fromEvent(ear, 'data').pipe(map((data) => data as Buffer)), FRAMES);
      // djs sends a silence frame whenever its source has no frame ready in time; rxvoice never does.
      const fromDjs$ = session.receive(DJS_USER).pipe(map(({ frame }) => frame), filter((frame) => !isSilence(frame))); // prettier-ignore
      const toRx = firstFrames(fromDjs$, FRAMES);
      const atServer = firstFrames(payloads(audioOf(server, RX_USER)), FRAMES);
      const played = firstValueFrom(session.play(ours).pipe(filter(({ type }) => type === 'finished')));
      await djs.play(theirs);

      expect(await played).toEqual({ type: 'finished', frames: FRAMES, heard: FRAMES * 20 });
      expect(await atServer).toEqual(ours.map(hex));
      expect(await toDjs).toEqual(ours.map(hex));
      expect(await toRx).toEqual(theirs.map(hex));
      expectClean();
    });
  }
});
