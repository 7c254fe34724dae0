import { describe, expect, it } from 'vitest';
import { filter, firstValueFrom, take, toArray } from 'rxjs';
import { heartbeat, identify, selectProtocol, voiceStateCommand } from '../../../src/protocol/commands.js';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import { encodeDiscoveryRequest } from '../../../src/protocol/discovery.js';
import type { DatagramInfo } from '../../../src/server/index.js';
import { credentialsOf, isAudio, RawVoiceClient, type Credentials } from '../../support/raw-voice-client.js';
import { admit, ALICE, BOB, CHANNEL, GUILD, join, keep, nextEvent, open, serve } from './stage.js';

function resumeOf({ guildId, sessionId, token }: Credentials): object {
  return { server_id: guildId, session_id: sessionId, token, seq_ack: -1 };
}

describe('a fault closes', () => {
  it.each([
    [4015, true],
    [4000, true],
    [1001, true],
    [1006, true],
    [4006, false],
    [4009, false],
    [4014, false],
  ])('a socket with %i; the session can be resumed: %s', async (code, resumable) => {
    const server = await serve();
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    server.faults.closeSocket(ALICE, code);
    expect(await client.closed).toBe(code);
    const back = await open(server);
    back.send(VoiceOp.Resume, resumeOf(credentialsOf(admission)));
    if (resumable) await back.next(VoiceOp.Resumed);
    else expect(await back.closed).toBe(4006);
  });

  it('no socket with a code that cannot be sent', async () => {
    const server = await serve();
    for (const code of [1005, 1015, 999, 5000, 1.5]) {
      expect(() => server.faults.closeSocket(ALICE, code)).toThrow(RangeError);
      expect(() => server.faults.refuse('identify', code)).toThrow(RangeError);
    }
  });

  it('a socket without a close frame', async () => {
    const server = await serve();
    const client = await join(server);
    const closed = nextEvent(server, 'close');
    server.faults.dropSocket(ALICE);
    expect(await client.closed).toBe(1006);
    expect(await closed).toMatchObject({ code: 1006, by: 'server', userId: ALICE });
  });

  it('all sockets, and forgets the sessions: a crash', async () => {
    const server = await serve();
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    server.faults.crash();
    expect(await client.closed).toBe(4015);
    const back = await open(server);
    back.send(VoiceOp.Resume, resumeOf(credentialsOf(admission)));
    expect(await back.closed).toBe(4006);
  });
});

describe('a fault loses', () => {
  it('discovery replies, as many as said', async () => {
    const server = await serve();
    const client = await open(server);
    await client.identify(credentialsOf(admit(server)));
    await client.bind();
    server.faults.loseDiscoveryReplies(2);
    const discoveries$ = server.events$.pipe(filter((event) => event.type === 'discovery'));
    const answered = firstValueFrom(discoveries$.pipe(take(3), toArray()));
    for (let i = 0; i < 3; i++) client.sendDatagram(encodeDiscoveryRequest(client.ssrc));
    expect((await answered).map(({ answered }) => answered)).toEqual([false, false, true]);
    client.sendDatagram(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
    await client.datagram((datagram) => datagram.length === 8);
    expect(client.datagrams.map(({ length }) => length)).toEqual([74, 8]);
  });

  it('heartbeat acks', async () => {
    const server = await serve();
    const client = await join(server);
    server.faults.ignoreHeartbeats(true);
    const beat = nextEvent(server, 'heartbeat');
    client.socket.send(heartbeat(8, 1, 7));
    expect(await beat).toMatchObject({ seqAck: 7, acknowledged: false });
    server.faults.ignoreHeartbeats(false);
    await client.settle(2);
    expect(client.frames.filter(({ op }) => op === VoiceOp.HeartbeatAck).map(({ d }) => d)).toEqual([{ t: 2 }]);
  });
});

describe('a fault withholds', () => {
  it('each stage, until it is let go', async () => {
    const server = await serve();
    const { faults } = server;
    const admission = admit(server);
    const credentials = credentialsOf(admission);

    faults.withhold('hello', true);
    const client = await open(server);
    await client.settle();
    expect(client.frames.map(({ op }) => op)).toEqual([VoiceOp.HeartbeatAck]);
    faults.withhold('hello', false);
    await client.next(VoiceOp.Hello);

    faults.withhold('ready', true);
    client.socket.send(identify(credentials, 0));
    await client.settle();
    expect(client.frames.some(({ op }) => op === VoiceOp.Ready)).toBe(false);
    faults.withhold('ready', false);
    const ready = (await client.next(VoiceOp.Ready)).d as { ssrc: number };

    faults.withhold('description', true);
    client.socket.send(selectProtocol({ address: '127.0.0.1', port: 9 }, 'aead_aes256_gcm_rtpsize'));
    await client.settle();
    expect(client.frames.some(({ op }) => op === VoiceOp.SessionDescription)).toBe(false);
    faults.withhold('description', false);
    await client.next(VoiceOp.SessionDescription);

    faults.withhold('resumed', true);
    client.leave(4900);
    await client.closed;
    const back = await open(server);
    back.send(VoiceOp.Resume, resumeOf(credentials));
    await back.settle();
    expect(back.frames.some(({ op }) => op === VoiceOp.Resumed)).toBe(false);
    faults.withhold('resumed', false);
    await back.next(VoiceOp.Resumed);
    back.send(VoiceOp.Speaking, { speaking: 1, delay: 0, ssrc: ready.ssrc });
    await back.settle();
  });

  it('what nobody waits for any more, without harm', async () => {
    const server = await serve();
    const admission = admit(server);
    server.faults.withhold('ready', true);
    const client = await open(server);
    const accepted = nextEvent(server, 'identify');
    client.socket.send(identify(credentialsOf(admission), 0));
    await accepted;
    const ended = nextEvent(server, 'session-ended');
    client.leave(1000);
    await ended;
    server.faults.withhold('ready', false);
    const bob = await join(server, BOB);
    await bob.settle();
    expect(bob.frames.some(({ op }) => op === VoiceOp.ClientsConnect)).toBe(false);
  });

  it('gateway events of one kind', async () => {
    const server = await serve();
    const seen: unknown[] = [];
    const gateway = server.gateway(ALICE);
    gateway.subscribe(({ t }) => seen.push(t));
    server.faults.withholdEvent('server', true);
    const first = firstValueFrom(gateway.pipe(take(2), toArray()));
    gateway.next(voiceStateCommand(GUILD, CHANNEL, false, false));
    gateway.next(voiceStateCommand(GUILD, CHANNEL, true, false));
    await first;
    expect(seen).toEqual(['VOICE_STATE_UPDATE', 'VOICE_STATE_UPDATE']);
    server.faults.withholdEvent('server', false);
    expect(seen.at(-1)).toBe('VOICE_SERVER_UPDATE');
  });
});

describe('a fault refuses', () => {
  it('Identify, Select Protocol and Resume, until taken back', async () => {
    const server = await serve();
    const { faults } = server;
    const credentials = credentialsOf(admit(server));

    faults.refuse('identify', 4017);
    const first = await open(server);
    first.socket.send(identify(credentials, 0));
    expect(await first.closed).toBe(4017);
    faults.refuse('identify', null);

    const second = await open(server);
    await second.identify(credentials);
    faults.refuse('select', 4011);
    second.socket.send(selectProtocol({ address: '127.0.0.1', port: 9 }, 'aead_aes256_gcm_rtpsize'));
    expect(await second.closed).toBe(4011);
    faults.refuse('select', null);

    const admission = admit(server);
    const third = keep(await RawVoiceClient.join(server.endpoint, admission));
    third.leave(4900);
    await third.closed;
    faults.refuse('resume', 4015);
    const back = await open(server);
    back.send(VoiceOp.Resume, resumeOf(credentialsOf(admission)));
    expect(await back.closed).toBe(4015);
    faults.refuse('resume', null);
    const again = await open(server);
    again.send(VoiceOp.Resume, resumeOf(credentialsOf(admission)));
    await again.next(VoiceOp.Resumed);
  });
});

describe('a rule for datagrams', () => {
  it('drops, doubles and delays, in either direction', async () => {
    const server = await serve();
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    const seen: DatagramInfo[] = [];
    server.faults.datagrams((packet) => {
      seen.push(packet);
      if (packet.direction === 'inbound') return packet.sequence === 1 ? 'drop' : 'pass';
      return packet.sequence === 2 ? 'duplicate' : packet.sequence === 3 ? 50 : 'pass';
    });
    for (const sequence of [1, 2, 3, 4]) alice.sendDatagram(alice.audio({ sequence, payload: Uint8Array.of(sequence) }));
    const got: number[] = [];
    for (let i = 0; i < 4; i++) got.push(bob.openAudio(await bob.datagram(isAudio)).body[0]!);
    expect(got).toEqual([2, 2, 4, 3]);
    expect(seen[0]).toEqual({
      direction: 'inbound', guildId: GUILD, channelId: CHANNEL, userId: ALICE, receiverId: null,
      ssrc: alice.ssrc, sequence: 1, timestamp: 960,
    }); // prettier-ignore
    expect(seen.find(({ direction }) => direction === 'outbound')).toMatchObject({ receiverId: BOB, sequence: 2 });

    server.faults.datagrams(null);
    alice.sendDatagram(alice.audio({ sequence: 1, payload: Uint8Array.of(9) }));
    expect(bob.openAudio(await bob.datagram(isAudio)).body).toEqual(Uint8Array.of(9));
  });
});
