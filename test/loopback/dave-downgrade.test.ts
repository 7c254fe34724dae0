/** What is heard while a client without DAVE downgrades an encrypted call to plain audio, and leaves again. */
import { combineLatest, filter, firstValueFrom, lastValueFrom, map, Subscription, take, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectVoice$, type E2eeState, type VoiceOptions, type VoicePacket, type VoiceSession } from '../../src/index.js';
import { isSilenceFrame } from '../../src/protocol/silence.js';
import { startVoiceServer, type LoopbackVoiceServer } from '../../src/server/index.js';
import { testFrame, testFrames } from '../../src/testing/index.js';
import { earsOpen } from '../support/ears-open.js';
import { leakedResources, openResources } from '../support/open-resources.js';

const IDS = { guildId: '1', channelId: '2' };
/** 8 s: the longest play. */
const FRAMES = 400;
/** ms of silence that a listener takes for a fault. */
const LONGEST_GAP = 1_000;
const hex = (frame: Uint8Array): string => Buffer.from(frame).toString('hex');

let before: string[];
let server: LoopbackVoiceServer;
let members: Map<string, Subscription>;

beforeEach(async () => {
  before = openResources();
  members = new Map();
  server = await startVoiceServer({ daveVersion: 1, withoutDave: 'downgrade' });
});
afterEach(async () => {
  for (const userId of members.keys()) leave(userId);
  await server.close();
  expect(await leakedResources(before)).toEqual([]);
});

function join(userId: string, options: VoiceOptions = {}): Promise<VoiceSession> {
  return new Promise((resolve, reject) => {
    const session$ = connectVoice$(server.gateway(userId), { ...IDS, userId }, options);
    members.set(userId, session$.subscribe({ next: resolve, error: reject }));
  });
}

function leave(userId: string): void {
  members.get(userId)?.unsubscribe();
}

/** Waits until both are in one group. */
async function secure(...sessions: readonly VoiceSession[]): Promise<void> {
  const states$ = combineLatest(sessions.map(({ e2ee$ }) => e2ee$));
  const inOneGroup = (states: readonly E2eeState[]): boolean =>
    states.every(({ status }) => status === 'secure') && new Set(states.map(({ privacyCode }) => privacyCode)).size === 1;
  await firstValueFrom(states$.pipe(filter(inOneGroup)));
}

/** Collects what is heard, without silence, until the session ends. */
function listen(session: VoiceSession): readonly VoicePacket[] {
  const heard: VoicePacket[] = [];
  session.receive().pipe(filter(({ frame }) => !isSilenceFrame(frame))).subscribe((packet) => heard.push(packet));
  return heard;
}

/** Resolves when `count` more frames are heard. */
function more(session: VoiceSession, count: number): Promise<unknown> {
  return lastValueFrom(session.receive().pipe(filter(({ frame }) => !isSilenceFrame(frame)), take(count))); // prettier-ignore
}

/** Each heard frame is one that was played, in order, and none comes twice. */
function expectPlayed(heard: readonly VoicePacket[]): void {
  const played = new Map(testFrames(FRAMES).map((frame, i) => [hex(frame), i]));
  const indexes = heard.map(({ frame }) => played.get(hex(frame)) ?? hex(frame));
  expect(indexes.filter((index) => typeof index === 'string')).toEqual([]);
  expect(indexes.filter((index, i) => i > 0 && index <= indexes[i - 1]!)).toEqual([]);
}

function longestGap(heard: readonly VoicePacket[]): number {
  return Math.max(...heard.slice(1).map(({ arrival }, i) => arrival - heard[i]!.arrival));
}

describe('a call that a client without DAVE joins and leaves', () => {
  it('is heard on, on the way down and up again, and nobody hears ciphertext', async () => {
    const speaker = await join('11');
    const listener = await join('12');
    await secure(speaker, listener);
    const heard = listen(listener);
    let wanted = true;
    const song = function* (): Generator<Uint8Array> {
      for (let i = 0; i < FRAMES && wanted; i += 1) yield testFrame(i);
    };
    const encrypted: boolean[] = [];
    const watch = server.packets$.subscribe(({ payload }) => encrypted.push(hex(payload).endsWith('fafa')));
    const events = lastValueFrom(speaker.play(song()).pipe(toArray()));
    await more(listener, 50);

    const guest = await join('13', { dave: false });
    const overheard = listen(guest);
    await firstValueFrom(listener.e2ee$.pipe(filter(({ status }) => status === 'plain')));
    await Promise.all([more(listener, 75), more(guest, 50)]);
    leave('13');
    await secure(speaker, listener);
    await more(listener, 50);
    wanted = false;
    const last = (await events).at(-1);
    watch.unsubscribe();

    expect(last).toMatchObject({ type: 'finished' });
    for (const list of [heard, overheard]) expectPlayed(list);
    expect(overheard.length).toBeGreaterThanOrEqual(50);
    expect(longestGap(heard)).toBeLessThanOrEqual(LONGEST_GAP);
    // It was encrypted, then plain, then encrypted again.
    expect(encrypted.slice(0, 50)).not.toContain(false);
    expect(encrypted).toContain(false);
    expect(encrypted.slice(encrypted.lastIndexOf(true) - 10, encrypted.lastIndexOf(true))).not.toContain(false);
  });

  it('gives newcomers nothing while the others still encrypt, and the others what they had', async () => {
    const speaker = await join('11');
    const listener = await join('12');
    await secure(speaker, listener);
    server.dave(IDS.guildId, IDS.channelId)!.faults.loseExecutes(1);
    const guest = await join('13', { dave: false });
    // It can do DAVE, but there is no group for it to join.
    const late = await join('14');
    const [heard, ...overheard] = [listen(listener), listen(guest), listen(late)];
    const atServer = firstValueFrom(server.packets$.pipe(map(({ payload }) => hex(payload)), take(50), toArray())); // prettier-ignore
    const listened = more(listener, 50);
    await earsOpen(listener, guest, late);
    await lastValueFrom(speaker.play(testFrames(50)));
    await listened;
    expect((await atServer).filter((payload) => !payload.endsWith('fafa'))).toEqual([]);
    expect(heard.map(({ frame }) => hex(frame))).toEqual(testFrames(50).map(hex));
    expect(overheard.flat().map(({ frame }) => hex(frame))).toEqual([]);
    const plain = firstValueFrom(listener.receive('13').pipe(map(({ frame }) => hex(frame)), take(5), toArray())); // prettier-ignore
    await earsOpen(listener);
    await lastValueFrom(guest.play(testFrames(5, 200)));
    expect(await plain).toEqual(testFrames(5, 200).map(hex));
  });
});
