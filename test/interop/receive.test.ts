/** @discordjs/voice and rxvoice hear each other: with everything that a header can carry, and over a network that loses packets. */
import { describe, expect, it, vi } from 'vitest';
import { once } from 'node:events';
import { filter, firstValueFrom, take, toArray } from 'rxjs';
import { reorder, type JitterEvent } from '../../src/audio/index.js';
import { SpeakingFlags, type VoicePacket, type VoiceSession } from '../../src/index.js';
import { realTraffic, type ForwardingOptions } from '../../src/server/index.js';
import { testFrames } from '../../src/testing/test-frames.js';
import type { DjsClient } from '../support/djs.js';
import { DJS_USER, hex, isSilence, RX_USER, stages, type Stage } from './stage.js';

const FRAMES = 100;
const OTHER_RX_USER = '3004';
const PATIENCE = { timeout: 15_000, interval: 20 };
const setStage = stages();

/** All forms that rxvoice can read and @discordjs/voice cannot: here, @discordjs/voice only speaks. */
const EVERY_FORM: ForwardingOptions = {
  ...realTraffic,
  extensions: 'two-byte',
  audioLevel: ({ userId }) => ({ voice: userId === DJS_USER, level: 42 }),
  csrc: 3,
  padding: 0.5,
  paddingBursts: 0.1,
  reportInterval: 200,
  seed: 3,
};

const LOSSY: ForwardingOptions = { loss: 0.1, jitter: 30, reorder: 0.05, seed: 9 };

interface Meeting {
  readonly stage: Stage;
  readonly djs: DjsClient;
  readonly session: VoiceSession;
}

/** Both in one call, and in one group if it is encrypted; each knows the other's SSRC. */
async function meet(daveVersion: 0 | 1, forwarding: ForwardingOptions): Promise<Meeting> {
  const stage = await setStage({ daveVersion, forwarding });
  const djs = await stage.joinDjs();
  const session = await stage.joinRx();
  const introduced = firstValueFrom(session.speaking$.pipe(filter(({ userId }) => userId === DJS_USER)));
  djs.connection.setSpeaking(true);
  await introduced;
  if (daveVersion === 1) await agreed(djs, session, 2);
  return { stage, djs, session };
}

async function agreed(djs: DjsClient, session: VoiceSession, members: number): Promise<void> {
  const whole = filter((state: { readonly status: string; readonly members: readonly string[] }) =>
    state.status === 'secure' && state.members.length === members); // prettier-ignore
  await firstValueFrom(session.e2ee$.pipe(whole));
  const { privacyCode } = await firstValueFrom(session.e2ee$);
  while (djs.connection.voicePrivacyCode !== privacyCode) await once(djs.connection, 'transitioned');
}

function speech(frames: readonly Uint8Array[]): string[] {
  return frames.filter((frame) => !isSilence(frame)).map(hex);
}

function inOrder(events: readonly JitterEvent[]): string[] {
  return speech(events.flatMap((event) => (event.type === 'frame' ? [event.packet.frame] : [])));
}

describe.each([0, 1] as const)('DAVE %i: @discordjs/voice speaks', (daveVersion) => {
  it('and rxvoice hears, through two-byte extensions, CSRC lists, padding and bursts of it', async () => {
    const { stage, djs, session } = await meet(daveVersion, EVERY_FORM);
    const flow = (): number => stage.server.accounting(RX_USER).get(DJS_USER)?.paddingOnly ?? 0;
    // A listener stays to the end, because packets after the last word count, too.
    session.receive().subscribe();
    const speech$ = session.receive(DJS_USER).pipe(filter(({ frame }) => !isSilence(frame)), take(FRAMES), toArray()); // prettier-ignore
    const report = firstValueFrom(session.rtcp$.pipe(filter((packet) => packet.type === 'sender-report' && packet.packets > 0)));
    const heard = firstValueFrom(speech$);
    const frames = testFrames(FRAMES, 1_000);
    await djs.play(frames);

    const packets: VoicePacket[] = await heard;
    expect(packets.map(({ frame }) => hex(frame))).toEqual(frames.map(hex));
    for (const { audioLevel, speaking, userId } of packets)
      expect({ audioLevel, speaking, userId }).toEqual({
        audioLevel: { voice: true, level: 42 },
        speaking: SpeakingFlags.Microphone,
        userId: DJS_USER,
      });
    expect(await report).toMatchObject({ ssrc: packets[0]!.ssrc });
    expect(flow()).toBeGreaterThan(0);
    await vi.waitFor(async () => {
      const { datagrams, totals } = await firstValueFrom(session.stats$);
      expect(datagrams.empty).toBe(flow());
      expect(totals).toMatchObject({ lost: 0, duplicates: 0, reordered: 0 });
    }, PATIENCE);
  });

  it('and rxvoice hears in order, over a network that loses, doubles and reorders, with books that add up', async () => {
    const { stage, djs, session } = await meet(daveVersion, { ...LOSSY, duplicate: 0.05 });
    const told: JitterEvent[] = [];
    const stale = new Set<number>();
    let copies = 0;
    const onDrop = ({ sequence }: VoicePacket, reason: 'duplicate' | 'stale'): void => {
      if (reason === 'stale' && !stale.has(sequence)) stale.add(sequence);
      else copies += 1;
    };
    session.receive(DJS_USER).pipe(reorder({ onDrop })).subscribe((event) => told.push(event));
    const frames = testFrames(FRAMES, 1_000);
    await djs.play(frames);
    await vi.waitFor(async () => {
      const flow = stage.server.accounting(RX_USER).get(DJS_USER)!;
      expect(flow.offered).toBeGreaterThanOrEqual(FRAMES);
      expect(flow.delayed).toBe(0);
      const { packets, refused, duplicates } = (await firstValueFrom(session.stats$)).users.get(DJS_USER)!;
      const undecryptable = Object.values(refused).reduce((a, b) => a + b, 0);
      expect(flow.offered + flow.doubled).toBe(flow.dropped + packets + undecryptable + duplicates);
      expect([duplicates, copies]).toEqual([flow.doubled, 0]);
      // DAVE refuses frames that the first frame of an epoch has overtaken.
      const places = told.filter(({ type }) => type !== 'lost').length;
      expect(places + stale.size + undecryptable).toBe(flow.offered - flow.dropped);
      expect(undecryptable).toBeLessThanOrEqual(daveVersion === 1 ? 3 : 0);
    }, PATIENCE);

    const sent = frames.map(hex);
    const heard = inOrder(told);
    const unique = new Set(heard);
    expect(heard).toEqual(sent.filter((frame) => unique.has(frame)));
    const { dropped, doubled } = stage.server.accounting(RX_USER).get(DJS_USER)!;
    expect(dropped).toBeGreaterThan(0);
    expect(doubled).toBeGreaterThan(0);
  });
});

describe.each([0, 1] as const)('DAVE %i: rxvoice speaks', (daveVersion) => {
  it('and @discordjs/voice hears what the network leaves of it, as another rxvoice does, each its own', async () => {
    const { stage, djs, session } = await meet(daveVersion, LOSSY);
    const other = await stage.joinRx({}, OTHER_RX_USER);
    if (daveVersion === 1) await agreed(djs, other, 3);
    const djsHeard: Uint8Array[] = [];
    const rxHeard: VoicePacket[] = [];
    const hearing = djs.hear(RX_USER).then((stream) => stream.on('data', (frame: Buffer) => djsHeard.push(Buffer.from(frame))));
    other.receive(RX_USER).subscribe((packet) => rxHeard.push(packet));
    // djs accepts nothing before it knows the owner of the SSRC: the first word is played only for that.
    await firstValueFrom(session.play(testFrames(1, 5_000)).pipe(filter(({ type }) => type === 'finished')));
    await hearing;
    const silenced = (): boolean => stage.server.accounting(DJS_USER).get(RX_USER)!.offered === 6;
    await vi.waitFor(() => expect(silenced()).toBe(true), PATIENCE);
    await vi.waitFor(() => expect(stage.server.accounting(DJS_USER).get(RX_USER)!.delayed).toBe(0), PATIENCE);

    const frames = testFrames(FRAMES);
    await firstValueFrom(session.play(frames).pipe(filter(({ type }) => type === 'finished')));
    const sent = new Set(frames.map(hex));
    const dropped: number[] = [];
    await vi.waitFor(() => {
      for (const [to, heard] of [[DJS_USER, djsHeard], [OTHER_RX_USER, rxHeard.map(({ frame }) => frame)]] as const) {
        const flow = stage.server.accounting(to).get(RX_USER)!;
        expect(flow).toMatchObject({ offered: FRAMES + 5 + 6, delayed: 0, doubled: 0 });
        const words = speech(heard).filter((frame) => sent.has(frame));
        expect(new Set(words).size).toBe(words.length);
        // Silence and the first word are among what may be lost.
        expect(words.length).toBeLessThanOrEqual(flow.forwarded);
        expect(words.length).toBeGreaterThanOrEqual(FRAMES - flow.dropped);
        expect(speech(heard).filter((frame) => !sent.has(frame)).length).toBeLessThanOrEqual(1);
        dropped.push(flow.dropped);
      }
    }, PATIENCE);
    expect(Math.min(...dropped)).toBeGreaterThan(0);
    // The last packets may still be in flight.
    await vi.waitFor(async () => {
      const { users } = await firstValueFrom(other.stats$);
      const { packets, refused } = users.get(RX_USER)!;
      const flow = stage.server.accounting(OTHER_RX_USER).get(RX_USER)!;
      expect(packets + Object.values(refused).reduce((a, b) => a + b, 0)).toBe(flow.forwarded);
    }, PATIENCE);
  });
});
