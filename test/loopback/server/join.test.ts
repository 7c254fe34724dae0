import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ENCRYPTION_MODES } from '../../../src/protocol/encryption-modes.js';
import { GATEWAY_VERSIONS, VoiceOp } from '../../../src/protocol/opcodes.js';
import { rivalries, SessionAccounts } from '../../../src/server/index.js';
import { loopbackCertificate } from '../../support/certificate.js';
import { credentialsOf, RawVoiceClient } from '../../support/raw-voice-client.js';
import { admit, ALICE, BOB, CAROL, GUILD, join, keep, nextEvent, open, serve } from './stage.js';

describe('the join', () => {
  for (const version of GATEWAY_VERSIONS) {
    it(`speaks version ${version}`, async () => {
      const server = await serve({ version: 9 });
      const first = await join(server, BOB);
      await first.settle();
      const client = await join(server, ALICE, { query: `?v=${version}` });

      expect((await client.next(VoiceOp.Hello)).d).toEqual({ heartbeat_interval: 13_750, v: version });
      client.send(VoiceOp.Heartbeat, version < 8 ? 123 : { t: 123, seq_ack: 1 });
      expect((await client.next(VoiceOp.HeartbeatAck)).d).toEqual(version < 8 ? 123 : { t: 123 });
      expect((await client.next(VoiceOp.ClientsConnect)).d).toEqual({ user_ids: [BOB] });
      expect((await first.next(VoiceOp.ClientsConnect)).d).toEqual({ user_ids: [ALICE] });
      await client.next(VoiceOp.Speaking);
      const numbered = client.frames.filter((frame) => frame.seq !== undefined).map(({ op, seq }) => [op, seq]);
      expect(numbered).toEqual(version < 8 ? [] : [[11, 1], [18, 2], [20, 3], [5, 4]]); // prettier-ignore
    });
  }

  for (const mode of ENCRYPTION_MODES) {
    it(`opens what is sealed in ${mode}`, async () => {
      const server = await serve({ modes: ENCRYPTION_MODES });
      const client = await join(server, ALICE, { mode });
      const packet = new Promise((resolve) => server.packets$.subscribe(resolve));
      client.sendDatagram(client.audio({ sequence: 7, timestamp: 6_720, payload: Uint8Array.of(1, 2, 3) }));
      expect(await packet).toMatchObject({
        guildId: GUILD,
        userId: ALICE,
        ssrc: client.ssrc,
        sequence: 7,
        timestamp: 6_720,
        marker: false,
        payload: Uint8Array.of(1, 2, 3),
      });
      expect(client.description).toMatchObject({ mode, daveVersion: 0 });
    });
  }

  it('keeps an account of who sent, also of what came too late', async () => {
    const server = await serve();
    const accounts = new SessionAccounts(server);
    const sent = async (client: RawVoiceClient, seen: Promise<unknown>): Promise<void> => {
      client.sendDatagram(client.audio({ sequence: 7, timestamp: 6_720, payload: Uint8Array.of(1, 2, 3) }));
      await seen;
    };
    const packet = (): Promise<unknown> => firstValueFrom(server.packets$);
    const first = await join(server, ALICE);
    await sent(first, packet());
    const second = await join(server, ALICE);
    await sent(second, packet());
    expect(rivalries(accounts.sessions)).toEqual([]);

    await sent(first, nextEvent(server, 'bad-datagram'));
    expect(accounts.sessions.map(({ ssrc, packets, refused, ended }) => [ssrc, packets, refused, ended !== null])).toEqual([
      [first.ssrc, 1, 1, true],
      [second.ssrc, 1, 0, false],
    ]);
    expect(rivalries(accounts.sessions).map(({ older, newer }) => [older.ssrc, newer.ssrc])).toEqual([[first.ssrc, second.ssrc]]);
  });

  it('speaks the lower of both versions, and 4 where none is asked for', async () => {
    const server = await serve({ version: 5 });
    for (const [query, v] of [['?v=8', 5], ['?v=4', 4], ['', 4], ['?v=9', 5]] as const) // prettier-ignore
      expect((await (await open(server, query)).next(VoiceOp.Hello)).d).toMatchObject({ v });
  });

  it.each(['?v=3', '?v=0', '?v=x', '?v=', '?v=8.5', '?v=-8'])('closes %s with 4012', async (query) => {
    const server = await serve();
    expect(await (await open(server, query)).closed).toBe(4012);
  });

  it('offers the modes it was given, and names the true heartbeat interval, by which discordgo beats', async () => {
    const server = await serve({ modes: ['xsalsa20_poly1305'], heartbeatInterval: 5_000 });
    const client = await open(server);
    client.send(VoiceOp.Identify, identifyOf(credentialsOf(admit(server))));
    expect((await client.next(VoiceOp.Ready)).d).toMatchObject({ modes: ['xsalsa20_poly1305'], heartbeat_interval: 5_000 });
  });

  it('offers the two modes that Discord speaks, AES-256-GCM first, and refuses the former ones with 4016', async () => {
    const server = await serve();
    const client = await open(server);
    const { modes } = await client.identify(credentialsOf(admit(server)));
    expect(modes).toEqual(['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize']);
    client.send(VoiceOp.SelectProtocol, { protocol: 'udp', data: { address: '127.0.0.1', port: 9, mode: 'xsalsa20_poly1305' } });
    expect(await client.closed).toBe(4016);
  });

  it('gives each session its own SSRC and key', async () => {
    const server = await serve();
    const clients = [await join(server, ALICE), await join(server, BOB), await join(server, CAROL)];
    expect(new Set(clients.map((client) => client.ssrc)).size).toBe(3);
    expect(new Set(clients.map((client) => String(client.description!.secretKey))).size).toBe(3);
  });

  it('tells a newcomer who speaks, and the others of the newcomer', async () => {
    const server = await serve();
    const bob = await join(server, BOB);
    await bob.settle();
    const alice = await join(server, ALICE);
    expect((await alice.next(VoiceOp.Speaking)).d).toEqual({ speaking: 1, ssrc: bob.ssrc, user_id: BOB });
    expect((await bob.next(VoiceOp.Speaking)).d).toEqual({ speaking: 1, ssrc: alice.ssrc, user_id: ALICE });
    alice.leave(1000);
    expect((await bob.next(VoiceOp.ClientDisconnect)).d).toEqual({ user_id: ALICE });
  });

  it('keeps channels apart', async () => {
    const server = await serve();
    const bob = await join(server, BOB, { channelId: '2001' });
    const alice = await join(server, ALICE);
    await Promise.all([alice.settle(), bob.settle()]);
    expect(alice.frames.some((frame) => frame.op === VoiceOp.ClientsConnect)).toBe(false);
    expect(bob.frames.some((frame) => frame.op === VoiceOp.ClientsConnect)).toBe(false);
  });

  it('answers the backend version, and tolerates what bots may send', async () => {
    const server = await serve();
    const client = await join(server);
    client.send(16, {});
    expect((await client.next(16)).d).toEqual({ voice: '0.0.0', rtc_worker: '0.0.0' });
    for (const op of [10, 12, 14, 15, 23, 31, 32]) client.send(op, {});
    client.socket.send(Uint8Array.of(26, 0, 1));
    await client.settle();
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it.each([
    [{}, /^localhost:\d+$/],
    [{ host: '127.0.0.1' }, /^127\.0\.0\.1:\d+$/],
  ])('serves TLS, at a host name unless told otherwise: %j', async (options, endpoint) => {
    const tls = await loopbackCertificate();
    const server = await serve({ tls, ...options });
    expect(server.endpoint).toMatch(endpoint);
    const client = keep(await RawVoiceClient.join(server.endpoint, admit(server), { ca: tls.cert }));
    await client.settle();
    expect(client.description).toBeDefined();
  });

  it('tells events, without a token or a key in any', async () => {
    const server = await serve({ now: () => 42 });
    const events: unknown[] = [];
    server.events$.subscribe((event) => events.push(event));
    const admission = admit(server);
    const closed = nextEvent(server, 'session-ended');
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    await client.settle();
    client.leave(1000);
    await closed;
    expect(events.map((event) => (event as { type: string }).type)).toEqual([
      'joined', 'opened', 'identify', 'discovery', 'select', 'speaking', 'heartbeat', 'close', 'session-ended',
    ]); // prettier-ignore
    expect(events.every((event) => (event as { at: number }).at === 42)).toBe(true);
    const text = JSON.stringify(events);
    expect(text).not.toContain(admission.voiceServer.token);
    expect(text).not.toContain(Buffer.from(client.description!.secretKey).toString('hex'));
    expect(text).not.toContain(String([...client.description!.secretKey]));
  });

  it.each([
    { modes: [] },
    { version: 3 as never },
    { host: 'localhost:9' },
    { afterCrash: 'silence' as never },
    { sameChannel: 'silence' as never },
    { tokenReuse: 4005 as never },
    { tokenAfterRestart: 'good' as never },
    { sendQueue: 0 },
    { replayLimit: 0 },
    { firstSequence: 65_536 },
    { heartbeatInterval: 0 },
    { resumeWindow: -1 },
  ])('refuses to start with %j', async (options) => {
    await expect(serve(options)).rejects.toBeInstanceOf(RangeError);
  });
});

function identifyOf({ guildId, userId, sessionId, token }: ReturnType<typeof credentialsOf>): object {
  return { server_id: guildId, user_id: userId, session_id: sessionId, token };
}
