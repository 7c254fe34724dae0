/** Faults of a voice WebSocket, at each of its stages. */
import { describe, expect, it } from 'vitest';
import { filter, firstValueFrom } from 'rxjs';
import { heartbeat, identify, selectProtocol, speaking } from '../../../src/protocol/commands.js';
import { encodeDiscoveryRequest } from '../../../src/protocol/discovery.js';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import type { LoopbackVoiceServer, RefusedStage } from '../../../src/server/index.js';
import { credentialsOf, isAudio, RawVoiceClient, type Credentials } from '../../support/raw-voice-client.js';
import { admit, ALICE, BOB, join, keep, nextEvent, open, pass, serve, virtualTime } from './stage.js';

const AT = { address: '127.0.0.1', port: 9 } as const;
const MODE = 'aead_aes256_gcm_rtpsize';

function resumeOf({ guildId, sessionId, token }: Credentials, seqAck = -1): object {
  return { server_id: guildId, session_id: sessionId, token, seq_ack: seqAck };
}

/** Joins as far as the server allows. Gives the close code (0 if it joined), and the opcodes received by then. */
async function tryToJoin(server: LoopbackVoiceServer, userId = ALICE): Promise<{ code: number; heard: number[] }> {
  const credentials = credentialsOf(admit(server, userId));
  const client = await open(server);
  client.socket.send(identify(credentials, 1));
  const ended = client.closed.then(() => 'closed' as const);
  const joined = (async () => {
    client.ready = (await client.next(VoiceOp.Ready)).d as never;
    await client.bind();
    await client.select(MODE, await client.discover());
    client.socket.send(Uint8Array.of(VoiceOp.MlsKeyPackage, 0));
    client.socket.send(speaking(1, client.ssrc));
    client.socket.send(heartbeat(8, 1, undefined));
    await client.next(VoiceOp.HeartbeatAck);
    return 'joined' as const;
  })();
  const outcome = await Promise.race([ended, joined]);
  return { code: outcome === 'closed' ? await client.closed : 0, heard: client.frames.map(({ op }) => op) };
}

describe('refuse', () => {
  const { Hello, Ready, SessionDescription, HeartbeatAck } = VoiceOp;
  const JOINED = { code: 0, heard: [Hello, Ready, SessionDescription, HeartbeatAck] };
  const cases: readonly (readonly [RefusedStage, number, readonly number[]])[] = [
    ['hello', 4021, []],
    ['identify', 4017, [Hello]],
    ['ready', 4015, [Hello]],
    ['discovery', 4006, [Hello, Ready]],
    ['select', 4016, [Hello, Ready]],
    ['description', 4011, [Hello, Ready]],
    ['dave', 4004, [Hello, Ready, SessionDescription]],
    ['description', 1006, [Hello, Ready]],
    ['hello', 1006, []],
  ];
  it.each(cases)('closes at %s with %i, as often as said', async (stage, code, heard) => {
    const server = await serve();
    const refused = nextEvent(server, 'refused');
    server.faults.refuse(stage, code, { times: 2 });
    expect(await tryToJoin(server)).toEqual({ code, heard });
    expect(await refused).toMatchObject({ stage, code });
    expect(await tryToJoin(server)).toEqual({ code, heard });
    expect(await tryToJoin(server)).toEqual(JOINED);
  });

  it('uses the token up at ready, and not at identify', async () => {
    const server = await serve();
    const credentials = credentialsOf(admit(server));
    for (const stage of ['identify', 'ready', 'identify'] as const) {
      server.faults.refuse(stage, 4014, { times: 1 });
      const client = await open(server);
      client.socket.send(identify(credentials, 0));
      expect(await client.closed).toBe(4014);
    }
    const last = await open(server);
    last.socket.send(identify(credentials, 0));
    expect(await last.closed).toBe(4006);
  });

  it('answers the HTTP upgrade with a status', async () => {
    const server = await serve();
    server.faults.refuse('socket', 503, { times: 1 });
    const refused = nextEvent(server, 'refused');
    await expect(RawVoiceClient.open(server.endpoint)).rejects.toThrow('503');
    expect(await refused).toMatchObject({ stage: 'socket', code: 503 });
    await open(server);
  });

  it('strikes the user that it names, until taken back', async () => {
    const server = await serve();
    server.faults.refuse('ready', 4011, { userId: ALICE });
    expect(await tryToJoin(server, BOB)).toEqual(JOINED);
    for (let i = 0; i < 3; i++) expect((await tryToJoin(server, ALICE)).code).toBe(4011);
    server.faults.refuse('ready', null, { userId: ALICE });
    expect((await tryToJoin(server, ALICE)).code).toBe(0);
  });

  it('takes no code that cannot be sent, and no name where there is none', async () => {
    const { faults } = await serve();
    for (const status of [101, 200, 399, 600, 4004]) expect(() => faults.refuse('socket', status)).toThrow(RangeError);
    for (const stage of ['socket', 'hello'] as const)
      expect(() => faults.refuse(stage, stage === 'socket' ? 500 : 4000, { userId: ALICE })).toThrow(RangeError);
    expect(() => faults.closeAfter('hello', 4000, { userId: ALICE })).toThrow(RangeError);
    expect(() => faults.closeAfter('ready', 1005)).toThrow(RangeError);
    expect(() => faults.forgetReplays(ALICE, 503)).toThrow(RangeError);
  });
});

describe('closeAfter', () => {
  it.each([
    ['hello', [8]],
    ['ready', [8, 2]],
    ['description', [8, 2, 4]],
  ] as const)('closes right behind %s', async (message, heard) => {
    const server = await serve();
    server.faults.closeAfter(message, 4014, { times: 1 });
    expect(await tryToJoin(server)).toEqual({ code: 4014, heard });
    expect((await tryToJoin(server)).code).toBe(0);
  });

  it('closes right behind Resumed, and the session can be resumed again', async () => {
    const server = await serve();
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    client.leave(4900);
    await client.closed;
    server.faults.closeAfter('resumed', 4015, { times: 1, userId: ALICE });
    const back = await open(server);
    back.send(VoiceOp.Resume, resumeOf(credentialsOf(admission)));
    expect(await back.closed).toBe(4015);
    expect(back.frames.at(-1)?.op).toBe(VoiceOp.Resumed);
    const again = await open(server);
    again.send(VoiceOp.Resume, resumeOf(credentialsOf(admission)));
    await again.next(VoiceOp.Resumed);
  });
});

describe('a socket that is never upgraded', () => {
  it('is upgraded when that is taken back', async () => {
    const server = await serve();
    server.faults.withhold('socket', true);
    let opened = false;
    const opening = RawVoiceClient.open(server.endpoint).then((client) => {
      opened = true;
      return keep(client);
    });
    await (await join(await serve())).settle();
    expect(opened).toBe(false);
    server.faults.withhold('socket', false);
    await (await opening).next(VoiceOp.Hello);
  });
});

describe('a silent user', () => {
  it('is sent nothing and answered nothing; then everything, in order', async () => {
    const server = await serve();
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    await Promise.all([alice.settle(), bob.settle()]);
    const before = alice.frames.length;
    const heardBefore = server.counters.keepalives;
    server.faults.silent(ALICE, true);
    alice.socket.send(heartbeat(8, 11, undefined));
    bob.socket.send(speaking(0, bob.ssrc));
    alice.socket.send(heartbeat(8, 12, undefined));
    alice.sendDatagram(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
    alice.sendDatagram(encodeDiscoveryRequest(alice.ssrc));
    alice.sendDatagram(alice.audio({ sequence: 1, payload: Uint8Array.of(1) }));
    bob.sendDatagram(bob.audio({ sequence: 1, payload: Uint8Array.of(1) }));
    // The echo of Bob's own keepalive shows that everything sent before it has been handled.
    bob.sendDatagram(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0));
    await bob.datagram(({ length }) => length === 8);
    await bob.settle();
    expect(alice.frames.length).toBe(before);
    expect(alice.datagrams.filter((datagram) => datagram.length !== 74)).toEqual([]);
    expect(bob.datagrams.filter(isAudio)).toEqual([]);
    expect(server.counters.keepalives).toBe(heardBefore + 1);
    expect(server.counters).toMatchObject({ unheard: 3, offered: 1, dropped: 1, forwarded: 0 });

    server.faults.silent(ALICE, false);
    await alice.settle(13);
    const late = alice.frames.slice(before).map(({ op, d }) => [op, op === VoiceOp.HeartbeatAck ? (d as { t: number }).t : null]);
    expect(late).toEqual([
      [VoiceOp.Speaking, null], [VoiceOp.HeartbeatAck, 11], [VoiceOp.HeartbeatAck, 12], [VoiceOp.HeartbeatAck, 13],
    ]); // prettier-ignore
    bob.sendDatagram(bob.audio({ sequence: 2, payload: Uint8Array.of(2) }));
    expect(alice.openAudio(await alice.datagram(isAudio)).body).toEqual(Uint8Array.of(2));
  });

  it('is heard by nobody on a new socket either, up to the end of it', async () => {
    const server = await serve();
    const admission = admit(server);
    const first = keep(await RawVoiceClient.join(server.endpoint, admission));
    server.faults.silent(ALICE, true, 'control');
    first.leave();
    const second = await open(server);
    second.send(VoiceOp.Resume, resumeOf(credentialsOf(admission)));
    const bob = await join(server, BOB);
    await bob.settle();
    expect(second.frames.map(({ op }) => op)).toEqual([VoiceOp.Hello]);
    server.faults.silent(ALICE, false, 'control');
    await second.next(VoiceOp.Resumed);
    // Bob joined meanwhile, so his arrival is replayed.
    await second.next(VoiceOp.ClientsConnect);
  });

  it('is not closed for heartbeats that nobody reads, and is for those missing after that', async () => {
    const scheduler = virtualTime();
    const server = await serve({ scheduler, heartbeatInterval: 1_000 });
    const alice = await join(server, ALICE);
    await alice.settle();
    server.faults.silent(ALICE, true, 'control');
    pass(scheduler, 100_000);
    server.faults.silent(ALICE, false, 'control');
    await alice.settle();
    pass(scheduler, 3_400);
    await alice.settle();
    pass(scheduler, 3_600);
    expect(await alice.closed).toBe(4009);
  });

  it('can be closed by the server, and hears of it late', async () => {
    const server = await serve();
    const alice = await join(server, ALICE);
    const bob = await join(server, BOB);
    server.faults.silent(ALICE, true, 'control');
    const ended = nextEvent(server, 'session-ended');
    server.faults.kick(ALICE);
    await ended;
    await bob.next(VoiceOp.ClientDisconnect);
    expect(alice.socket.readyState).toBe(1);
    server.faults.silent(ALICE, false, 'control');
    expect(await alice.closed).toBe(4014);
  });
});

describe('a gap in the replays', () => {
  it.each([[undefined, 4006], [4009, 4009]] as const)('closes the next resume: %s', async (code, closed) => { // prettier-ignore
    const server = await serve();
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    server.faults.forgetReplays(ALICE, code);
    server.faults.dropSocket(ALICE);
    await client.closed;
    const back = await open(server);
    back.send(VoiceOp.Resume, resumeOf(credentialsOf(admission), 0));
    expect(await back.closed).toBe(closed);
  });

  it('is none for who has seen what came behind it', async () => {
    const server = await serve();
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    server.faults.forgetReplays(ALICE);
    await join(server, BOB);
    const { seq } = await client.next(VoiceOp.ClientsConnect);
    server.faults.dropSocket(ALICE);
    const back = await open(server);
    back.send(VoiceOp.Resume, resumeOf(credentialsOf(admission), seq!));
    await back.next(VoiceOp.Resumed);
  });

  it('is none before version 8', async () => {
    const server = await serve({ version: 7 });
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    server.faults.forgetReplays(ALICE);
    client.leave();
    const back = await open(server);
    back.send(VoiceOp.Resume, resumeOf(credentialsOf(admission)));
    await back.next(VoiceOp.Resumed);
  });
});

describe('a rate limit', () => {
  it('closes with 4021 who comes too often, each user for itself, and lets in again later', async () => {
    const scheduler = virtualTime();
    const server = await serve({ scheduler });
    server.faults.rateLimit({ times: 2, window: 5_000 });
    const attempt = async (userId: string): Promise<number> => {
      const client = await open(server);
      const refused = firstValueFrom(server.events$.pipe(filter(({ type }) => type === 'refused' || type === 'identify')));
      client.socket.send(identify(credentialsOf(admit(server, userId)), 0));
      return (await refused).type === 'identify' ? 0 : client.closed;
    };
    expect([await attempt(ALICE), await attempt(ALICE), await attempt(ALICE), await attempt(BOB)]).toEqual([0, 0, 4021, 0]);
    pass(scheduler, 5_001);
    expect(await attempt(ALICE)).toBe(0);
    server.faults.rateLimit(null);
    for (let i = 0; i < 4; i++) expect(await attempt(BOB)).toBe(0);
  });

  it('counts resumes too', async () => {
    const server = await serve();
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    client.leave();
    server.faults.rateLimit({ times: 1, window: 60_000 });
    const back = await open(server);
    back.send(VoiceOp.Resume, resumeOf(credentialsOf(admission)));
    await back.next(VoiceOp.Resumed);
    back.leave();
    const again = await open(server);
    again.send(VoiceOp.Resume, resumeOf(credentialsOf(admission)));
    expect(await again.closed).toBe(4021);
  });
});

describe('discovery', () => {
  it('may never be answered', async () => {
    const server = await serve();
    const client = await open(server);
    await client.identify(credentialsOf(admit(server)));
    await client.bind();
    server.faults.loseDiscoveryReplies(Infinity);
    for (let i = 0; i < 5; i++) {
      const asked = nextEvent(server, 'discovery');
      client.sendDatagram(encodeDiscoveryRequest(client.ssrc));
      expect(await asked).toMatchObject({ answered: false });
    }
    server.faults.loseDiscoveryReplies(0);
    await client.discover();
    client.socket.send(selectProtocol(AT, MODE));
    await client.next(VoiceOp.SessionDescription);
  });
});
