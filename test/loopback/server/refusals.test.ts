import { describe, expect, it } from 'vitest';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import type { LoopbackVoiceServer } from '../../../src/server/index.js';
import { credentialsOf, RawVoiceClient, type Credentials } from '../../support/raw-voice-client.js';
import { admit, ALICE, BOB, join, keep, nextEvent, open, pass, serve, virtualTime } from './stage.js';

const SELECT = { protocol: 'udp', data: { address: '127.0.0.1', port: 9, mode: 'aead_aes256_gcm_rtpsize' } };

describe('Identify', () => {
  it.each([
    ['an unknown token', { token: 'nonsense' }, 4004],
    ['another user', { userId: BOB }, 4004],
    ['another guild', { guildId: '9' }, 4004],
    ['another session id', { sessionId: 'nonsense' }, 4006],
  ])('with %s is refused', async (_, wrong: Partial<Credentials>, code) => {
    const server = await serve();
    const client = await open(server);
    const refused = nextEvent(server, 'refused');
    client.send(VoiceOp.Identify, identifyOf({ ...credentialsOf(admit(server)), ...wrong }));
    expect(await client.closed).toBe(code);
    expect(await refused).toMatchObject({ stage: 'identify', code });
  });

  it('twice on one socket is refused with 4005', async () => {
    const server = await serve();
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    client.send(VoiceOp.Identify, identifyOf(credentialsOf(admission)));
    expect(await client.closed).toBe(4005);
  });

  it('with the token of a living session is refused with 4006, and the session lives on', async () => {
    const server = await serve();
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    const second = await open(server);
    second.send(VoiceOp.Identify, identifyOf(credentialsOf(admission)));
    expect(await second.closed).toBe(4006);
    await client.settle();
  });

  it('replaces a session that waits for a Resume: another SSRC, another key', async () => {
    const server = await serve();
    const admission = admit(server);
    const first = keep(await RawVoiceClient.join(server.endpoint, admission));
    const closed = nextEvent(server, 'close');
    first.leave();
    await closed;
    const second = keep(await RawVoiceClient.join(server.endpoint, admission));
    expect(second.ssrc).not.toBe(first.ssrc);
    expect(second.description!.secretKey).not.toEqual(first.description!.secretKey);
  });

  it.each([
    [undefined, 4006],
    [4004, 4004],
    [4006, 4006],
  ] as const)('with the token of a session that ended, where tokenReuse is %s, is refused with %i', async (tokenReuse, code) => {
    const server = await serve(tokenReuse === undefined ? {} : { tokenReuse });
    const admission = admit(server);
    const first = keep(await RawVoiceClient.join(server.endpoint, admission));
    const ended = nextEvent(server, 'session-ended');
    first.leave(1000);
    await ended;
    const second = await open(server);
    second.send(VoiceOp.Identify, identifyOf(credentialsOf(admission)));
    expect(await second.closed).toBe(code);
  });

  it('with a superseded token is refused with 4004; the newer one replaces the living session', async () => {
    const server = await serve();
    const old = admit(server);
    const first = keep(await RawVoiceClient.join(server.endpoint, old));
    const renewed = admit(server);
    const second = await open(server);
    second.send(VoiceOp.Identify, identifyOf(credentialsOf(old)));
    expect(await second.closed).toBe(4004);
    await first.settle();
    keep(await RawVoiceClient.join(server.endpoint, renewed));
    expect(await first.closed).toBe(4006);
  });
});

describe('before Identify', () => {
  it.each([VoiceOp.SelectProtocol, VoiceOp.Speaking, 12, 99])('opcode %i closes with 4003', async (op) => {
    const client = await open(await serve());
    client.send(op, {});
    expect(await client.closed).toBe(4003);
  });

  it('a binary frame closes with 4003', async () => {
    const client = await open(await serve());
    client.socket.send(Uint8Array.of(26, 1));
    expect(await client.closed).toBe(4003);
  });

  it('heartbeats are answered', async () => {
    const client = await open(await serve());
    await client.settle(5);
  });
});

describe('a message that breaks the protocol', () => {
  it.each([
    ['no JSON', 'x', 4002],
    ['no object', '[1]', 4002],
    ['no opcode', '{"d":1}', 4002],
    ['a heartbeat that is no number', '{"op":3,"d":{"t":"1"}}', 4002],
    ['a heartbeat with a bad seq_ack', '{"op":3,"d":{"t":1,"seq_ack":65536}}', 4002],
    ['an Identify without a token', '{"op":0,"d":{"server_id":"1","user_id":"1","session_id":""}}', 4002],
    ['a Resume of null', '{"op":7,"d":null}', 4002],
    ['an empty Select Protocol', '{"op":1,"d":{}}', 4002],
    ['a Speaking without flags', '{"op":5,"d":{"ssrc":1}}', 4002],
    ['an opcode only a server sends', '{"op":2,"d":{}}', 4001],
    ['an unknown opcode', '{"op":200,"d":{}}', 4001],
    ['another protocol than udp', JSON.stringify({ op: 1, d: { ...SELECT, protocol: 'webrtc' } }), 4012],
    ['a mode that was not offered', select({ mode: 'none' }), 4016],
    ['an address that is none', select({ address: 'here' }), 4020],
    ['a port of 0', select({ port: 0 }), 4020],
    ['a port as a text', select({ port: '9' }), 4020],
  ])('%s: closes with its code', async (_, text, code) => {
    const client = await join(await serve());
    client.socket.send(text);
    expect(await client.closed).toBe(code);
  });

  it('ends the dialogue: what comes behind it is not heard', async () => {
    const server = await serve();
    const types: string[] = [];
    server.events$.subscribe(({ type }) => types.push(type));
    const client = await open(server);
    client.socket.send('x');
    client.send(VoiceOp.Identify, identifyOf(credentialsOf(admit(server))));
    expect(await client.closed).toBe(4002);
    expect(types).toEqual(['opened', 'joined', 'close']);
  });

  it.each([
    ['an empty binary frame', Uint8Array.of(), 4002],
    ['an unknown binary opcode', Uint8Array.of(99), 4001],
    ['a huge message', new Uint8Array((1 << 20) + 1), 1009],
  ])('%s: closes with its code', async (_, bytes, code) => {
    const client = await join(await serve());
    client.socket.send(bytes);
    expect(await client.closed).toBe(code);
  });
});

describe('silence', () => {
  it('of heartbeats for 1.5 intervals and 2 s closes with 4009, and the session is over', async () => {
    const scheduler = virtualTime();
    const server = await serve({ scheduler, heartbeatInterval: 10_000 });
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    const closes: number[] = [];
    server.events$.subscribe((event) => event.type === 'close' && closes.push(event.code));
    pass(scheduler, 10_000);
    await client.settle();
    pass(scheduler, 16_999);
    expect(closes).toEqual([]);
    pass(scheduler, 1);
    expect(closes).toEqual([4009]);
    expect(await client.closed).toBe(4009);
    const again = await open(server);
    again.send(VoiceOp.Resume, { ...resumeOf(credentialsOf(admission)), seq_ack: -1 });
    expect(await again.closed).toBe(4006);
  });

  it('of everything for the identifyTimeout closes with 4003', async () => {
    const scheduler = virtualTime();
    const server = await serve({ scheduler });
    const client = await open(server);
    pass(scheduler, 9_999);
    await client.settle();
    pass(scheduler, 1);
    expect(await client.closed).toBe(4003);
  });

  it('of Speaking, while audio flows, closes with 4020 after the grace', async () => {
    const scheduler = virtualTime();
    const server = await serve({ scheduler });
    const client = await sendsUnannounced(server);
    pass(scheduler, 249);
    await client.settle();
    pass(scheduler, 1);
    expect(await client.closed).toBe(4020);
  });

  it.each([0, 1])('of Speaking is forgiven when it ends within the grace, by flags of %i', async (speaking) => {
    const scheduler = virtualTime();
    const server = await serve({ scheduler });
    const client = await sendsUnannounced(server);
    client.send(VoiceOp.Speaking, { speaking, delay: 0, ssrc: client.ssrc });
    await client.settle();
    pass(scheduler, 1_000);
    await client.settle();
  });
});

/** A client whose first packet was accepted before it announced that it speaks. */
async function sendsUnannounced(server: LoopbackVoiceServer): Promise<RawVoiceClient> {
  const client = await open(server);
  await client.identify(credentialsOf(admit(server)));
  await client.bind();
  await client.select('aead_aes256_gcm_rtpsize', await client.discover());
  const accepted = new Promise((resolve) => server.packets$.subscribe(resolve));
  client.sendDatagram(client.audio({ sequence: 1, payload: Uint8Array.of(1) }));
  await accepted;
  return client;
}

function select(change: object): string {
  return JSON.stringify({ op: 1, d: { protocol: 'udp', data: { ...SELECT.data, ...change } } });
}

function identifyOf({ guildId, userId, sessionId, token }: Credentials): object {
  return { server_id: guildId, user_id: userId, session_id: sessionId, token };
}

function resumeOf({ guildId, sessionId, token }: Credentials): object {
  return { server_id: guildId, session_id: sessionId, token };
}

it('names the user in what it tells of a refusal', async () => {
  const server = await serve();
  const client = await join(server, ALICE);
  const refused = nextEvent(server, 'refused');
  client.socket.send(select({ mode: 'none' }));
  expect(await refused).toMatchObject({ stage: 'select', code: 4016, userId: ALICE });
});
