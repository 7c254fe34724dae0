/** Kicks, ended calls, stages, gateway 9, and what is known about members: a session and the embedded server, over real sockets. */
import { BehaviorSubject, filter, firstValueFrom, map, ReplaySubject, take, toArray, type Subscription } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { ClientFlags, ClientPlatform, connectVoice$, type VoiceOptions, type VoiceSession, type VoiceState } from '../../src/index.js';
import { senderReports } from '../../src/driver.js';
import { startVoiceServer, type LoopbackVoiceServer, type ServerEvent, type VoiceServerOptions } from '../../src/server/index.js';
import { testFrames } from '../../src/testing/index.js';
import { earsOpen } from '../support/ears-open.js';

const GUILD = '1000';
const CHANNEL = '2000';
const STAGE = '2001';
const BOT = '3000';
const OTHER = '3001';

const held: Subscription[] = [];
const servers: LoopbackVoiceServer[] = [];
afterEach(async () => {
  // A play ends before the session that it plays in.
  for (const subscription of held.splice(0).reverse()) subscription.unsubscribe();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(options: VoiceServerOptions = {}): Promise<LoopbackVoiceServer> {
  const server = await startVoiceServer(options);
  servers.push(server);
  return server;
}

/** A session that stays until the end of the test. */
function join(server: LoopbackVoiceServer, options: VoiceOptions = {}, userId = BOT, channelId = CHANNEL): Promise<VoiceSession> {
  const ready$ = new ReplaySubject<VoiceSession>(1);
  held.push(connectVoice$(server.gateway(userId), { guildId: GUILD, userId, channelId }, options).subscribe(ready$));
  return firstValueFrom(ready$);
}

const last = (session: VoiceSession): Promise<VoiceState> => firstValueFrom(session.state$.pipe(filter(({ status }) => status === 'ended')));
const play = (session: VoiceSession, frames: number): void => void held.push(session.play(testFrames(frames)).subscribe());

describe('a kick and the end of the call', () => {
  it('of a bot that was alone: 4022 either way, and only the deletion of its channel is the end of the call', async () => {
    const server = await serve();
    const kicked = last(await join(server));
    server.faults.kick(BOT);
    expect(await kicked).toEqual({ status: 'ended', reason: 'kicked', closeCode: 4022 });
    const deleted = last(await join(server));
    server.faults.deleteChannel(GUILD, CHANNEL);
    expect(await deleted).toEqual({ status: 'ended', reason: 'call-ended', closeCode: 4022 });
  });

  it('of a bot among others: 4014', async () => {
    const server = await serve();
    const sessions = [await join(server), await join(server, {}, OTHER)];
    const kicked = last(sessions[0]!);
    server.faults.kick(BOT);
    expect(await kicked).toEqual({ status: 'ended', reason: 'kicked', closeCode: 4014 });
  });

  it.each([false, true])('of a guild that is gone, unavailable: %s', async (unavailable) => {
    const server = await serve();
    const ended = last(await join(server));
    server.faults.deleteGuild(GUILD, { unavailable });
    expect(await ended).toEqual({ status: 'ended', reason: 'call-ended', closeCode: 4022 });
  });

  it('of a channel that everybody was thrown out of, and which is still there', async () => {
    const server = await serve();
    const ended = last(await join(server));
    server.faults.endCall(GUILD, CHANNEL);
    expect(await ended).toEqual({ status: 'ended', reason: 'kicked', closeCode: 4022 });
  });
});

describe('a stage', () => {
  it('hears a bot that is alone and speaks, on a server whose other calls are encrypted', async () => {
    const server = await serve({ daveVersion: 1, stages: [STAGE] });
    const session = await join(server, {}, BOT, STAGE);
    expect(await firstValueFrom(session.e2ee$)).toMatchObject({ status: 'plain', version: 0 });
    const heard = firstValueFrom(server.packets$.pipe(filter(({ payload }) => payload.length > 3), take(10), toArray()));
    play(session, 10);
    expect((await heard).map(({ channelId }) => channelId)).toEqual(Array(10).fill(STAGE));
  });

  it('lets a client in that knows no end-to-end encryption', async () => {
    const server = await serve({ daveVersion: 1, stages: [STAGE] });
    expect(await firstValueFrom((await join(server, { dave: false }, BOT, STAGE)).state$)).toMatchObject({ status: 'ready', daveVersion: 0 });
  });

  it('does not hear its audience, which the session is told that it is in', async () => {
    const server = await serve({ stages: [STAGE] });
    const [session, listener] = [await join(server, {}, BOT, STAGE), await join(server, {}, OTHER, STAGE)];
    const health$ = new BehaviorSubject(await firstValueFrom(session.health$));
    held.push(session.health$.subscribe(health$));
    expect(health$.value).toMatchObject({ suppressed: true, ready: false });
    const heard = firstValueFrom(listener.receive(BOT));
    await earsOpen(listener);
    play(session, 500);
    await firstValueFrom(server.packets$.pipe(take(5)));
    const { withheld, forwarded } = server.accounting(OTHER).get(BOT)!;
    expect([withheld, forwarded]).toEqual([expect.any(Number), 0]);
    server.faults.suppress(BOT, false);
    expect(await firstValueFrom(health$.pipe(filter(({ suppressed }) => !suppressed)))).toMatchObject({ ready: true, reason: null });
    expect((await heard).userId).toBe(BOT);
    server.faults.suppress(BOT, true);
    expect(await firstValueFrom(health$.pipe(filter(({ suppressed }) => suppressed)))).toMatchObject({ ready: false });
  });

  it('is moved to and away from in mid-song: encrypted, plain, encrypted, and no frame is lost or sent twice', async () => {
    const server = await serve({ daveVersion: 1, stages: [STAGE] });
    // Two in the voice channel, so that there is a group to encrypt for.
    const [session, other] = [await join(server), await join(server, {}, OTHER)];
    const e2ee: string[] = [];
    held.push(other.receive().subscribe(), session.e2ee$.subscribe(({ status }) => e2ee.push(status)));
    const secure = (): Promise<unknown> => firstValueFrom(session.e2ee$.pipe(filter(({ status }) => status === 'secure')));
    await secure();
    const sent = firstValueFrom(session.play(testFrames(150)).pipe(filter(({ type }) => type === 'sent'), map(({ type: _, ...event }) => event), toArray()));
    const [plain, again] = [STAGE, CHANNEL].map((channelId) => firstValueFrom(server.packets$.pipe(filter((packet) => packet.userId === BOT && packet.channelId === channelId)))) as [Promise<unknown>, Promise<unknown>];
    await again;
    server.faults.move(BOT, STAGE);
    await plain;
    expect(await firstValueFrom(session.health$)).toMatchObject({ suppressed: true });
    server.faults.move(BOT, CHANNEL);
    await secure();
    expect(await firstValueFrom(session.health$)).toMatchObject({ suppressed: false, ready: true });
    expect((await sent).map((event) => (event as { position: number }).position)).toEqual(Array.from({ length: 150 }, (_, i) => i * 20));
    expect(e2ee.filter((status, i) => status !== 'forming' && status !== e2ee[i - 1])).toContain('plain');
  });
});

describe('voice gateway 9', () => {
  const identified = (server: LoopbackVoiceServer): Promise<ServerEvent> => firstValueFrom(server.events$.pipe(filter(({ type }) => type === 'identify')));

  it('is spoken where both ends do, and names the channel', async () => {
    const server = await serve({ version: 9 });
    const event = identified(server);
    const session = await join(server, { gatewayVersion: 9 });
    expect(await event).toMatchObject({ channelId: CHANNEL });
    const resumed = firstValueFrom(server.events$.pipe(filter(({ type }) => type === 'resume')));
    server.faults.dropSocket(BOT);
    await resumed;
    expect(await firstValueFrom(session.state$.pipe(filter(({ status }) => status === 'ready')))).toMatchObject({ channelId: CHANNEL });
  });

  it.each([
    [8, 9],
    [9, 8],
  ] as const)('is not where the server speaks %i and the client %i', async (version, gatewayVersion) => {
    const server = await serve({ version });
    const event = identified(server);
    await join(server, { gatewayVersion });
    expect(await event).toMatchObject({ channelId: null });
  });
});

describe('the roster', () => {
  it('has what the server tells of each member, and since when it is there', async () => {
    const told = { flags: ClientFlags.VoiceRecording | ClientFlags.Clips, platform: ClientPlatform.Mobile };
    const server = await serve({ clients: (userId) => (userId === OTHER ? told : { flags: null, platform: null }), wallClock: () => 1_800_000_000_000 });
    const session = await join(server);
    const whole = firstValueFrom(session.roster$.pipe(map((roster) => roster.get(OTHER)), filter((member) => member?.platform === ClientPlatform.Mobile && member.connectedAt !== null)));
    const other = await join(server, {}, OTHER);
    expect(await whole).toEqual({ ...told, connectedAt: 1_800_000_000_000, suppressed: false });
    // The bot was there before, so no voice state of it came.
    const bot = await firstValueFrom(other.roster$.pipe(map((roster) => roster.get(BOT)), filter((member) => member !== undefined)));
    expect(bot).toMatchObject({ flags: null, platform: null, connectedAt: null });
    expect([...(await firstValueFrom(session.members$))]).toEqual([...(await firstValueFrom(session.roster$)).keys()]);
  });
});

describe('what the server heard of a session', () => {
  it('is what it counted, of a network that loses every fifth packet', async () => {
    const server = await serve();
    server.faults.datagrams(({ direction, sequence }) => (direction === 'inbound' && sequence % 5 === 0 ? 'drop' : 'pass'));
    const session = await join(server, { senderReports: false, interceptors: [senderReports({ every: 100 })] });
    const values = firstValueFrom(session.quality$.pipe(take(4), toArray()));
    play(session, 500);
    const told = await values;
    expect(told.at(-1)!.packetsLost).toBeGreaterThan(0);
    for (const { fractionLost, roundTripTime, ssrc } of told) {
      expect(fractionLost).toBeLessThan(0.5);
      expect(roundTripTime).toBeGreaterThanOrEqual(0);
      expect(ssrc).toBeGreaterThan(0);
    }
    const { packets, expected } = server.reception(BOT)!;
    expect(server.counters.clientReports).toBeGreaterThanOrEqual(4);
    // A packet dropped at the very end does not count as missing yet.
    expect(Math.abs(server.counters.inboundDropped - (expected - packets))).toBeLessThanOrEqual(1);
  });
});

describe('a session that no UDP reaches', () => {
  it('plays all the same where it need not receive, says so in the log, and asks Discord to send nowhere', async () => {
    const server = await serve();
    server.faults.loseDiscoveryReplies(Infinity);
    const log: string[] = [];
    const selected = firstValueFrom(server.events$.pipe(filter(({ type }) => type === 'select')));
    const session = await join(server, { discovery: 'optional', timeouts: { discovery: 200 }, log: ({ type }) => log.push(type) });
    expect(await selected).toMatchObject({ address: '192.0.2.1', port: 9 });
    expect(log).toContain('send-only');
    const heard = firstValueFrom(server.packets$.pipe(filter(({ payload }) => payload.length > 3), take(5), toArray()));
    play(session, 5);
    expect(await heard).toHaveLength(5);
  });

  it('is an error where it must', async () => {
    const server = await serve();
    server.faults.loseDiscoveryReplies(Infinity);
    await expect(join(server, { timeouts: { discovery: 100 } })).rejects.toMatchObject({ code: 'timeout', stage: 'discovery' });
  });
});

describe('packets in the clear, of a client in an encrypted call', () => {
  const stats = (session: VoiceSession, userId: string): Promise<{ plain: number; unencrypted: number; packets: number }> =>
    firstValueFrom(session.stats$.pipe(map(({ users }) => users.get(userId)), map((user) => ({ plain: user!.plain, unencrypted: user!.refused.unencrypted, packets: user!.packets })))); // prettier-ignore
  const secure = (session: VoiceSession, members: number): Promise<unknown> =>
    firstValueFrom(session.e2ee$.pipe(filter((state) => state.status === 'secure' && state.members.length === members)));

  it('are refused where there is no reason for them, and counted by user; what is encrypted is heard, and the call goes on', async () => {
    const server = await serve({ daveVersion: 1 });
    const [session, other] = [await join(server), await join(server, {}, OTHER)];
    await Promise.all([session, other].map((one) => secure(one, 2)));
    const heard = firstValueFrom(other.receive(BOT).pipe(filter(({ frame }) => frame.length > 3), take(7), toArray()));
    await earsOpen(other);
    server.faults.plainPackets(BOT, 3);
    play(session, 10);
    expect(await heard).toHaveLength(7);
    expect(await stats(other, BOT)).toMatchObject({ plain: 0, unencrypted: 3, packets: 7 });
    expect(await firstValueFrom(other.e2ee$)).toMatchObject({ status: 'secure' });
  });

  it('are heard right after the call became encrypted again, and counted by user', async () => {
    const server = await serve({ daveVersion: 1, withoutDave: 'downgrade' });
    const [session, other] = [await join(server), await join(server, {}, OTHER)];
    await secure(other, 2);
    const plain = firstValueFrom(other.e2ee$.pipe(filter(({ status }) => status === 'plain')));
    await join(server, { dave: false }, '3002');
    await plain;
    held.pop()!.unsubscribe();
    await Promise.all([session, other].map((one) => secure(one, 2)));
    const heard = firstValueFrom(other.receive(BOT).pipe(take(10), toArray()));
    await earsOpen(other);
    server.faults.plainPackets(BOT, 3);
    play(session, 10);
    expect((await heard).filter(({ frame }) => frame.length === 3)).toHaveLength(3);
    expect(await stats(other, BOT)).toMatchObject({ plain: 3, unencrypted: 0, packets: 10 });
  });
});
