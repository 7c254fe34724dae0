/** Every refusal of the server: each rule is broken once, and docs/server-refusals.md lists what the code contains. */
import { readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import { REFUSALS, SUSPICIONS, type LoopbackVoiceServer, type RefusalName, type VoiceServerOptions } from '../../../src/server/index.js';
import { credentialsOf, RawVoiceClient, type Credentials } from '../../support/raw-voice-client.js';
import { admit, ALICE, BOB, join, keep, nextEvent, open, pass, serve, virtualTime } from './stage.js';

const SELECT = { protocol: 'udp', data: { address: '127.0.0.1', port: 9, mode: 'aead_aes256_gcm_rtpsize' } };
const identifyOf = ({ guildId, userId, sessionId, token }: Credentials): object =>
  ({ server_id: guildId, user_id: userId, session_id: sessionId, token }); // prettier-ignore
const resumeOf = ({ guildId, sessionId, token }: Credentials, seq_ack: number): object =>
  ({ server_id: guildId, session_id: sessionId, token, seq_ack }); // prettier-ignore

/** Joins, sends this message, and gives the close code. */
async function says(message: string | Uint8Array, options: VoiceServerOptions = {}): Promise<number> {
  const client = await join(await serve(options));
  client.socket.send(message);
  return client.closed;
}

/** Identifies with these wrong credentials, and gives the close code. */
async function identifies(wrong: Partial<Credentials>, options: VoiceServerOptions = {}): Promise<number> {
  const server = await serve(options);
  return comes(server, VoiceOp.Identify, identifyOf({ ...credentialsOf(admit(server)), ...wrong }));
}

/** Opens a socket, sends only this message, and gives the close code. */
async function comes(server: LoopbackVoiceServer, op: number, d: object): Promise<number> {
  const client = await open(server);
  client.send(op, d);
  return client.closed;
}

/** A member that has joined, and what it joined with. */
async function joined(server: LoopbackVoiceServer): Promise<readonly [RawVoiceClient, Credentials]> {
  const admission = admit(server);
  return [keep(await RawVoiceClient.join(server.endpoint, admission)), credentialsOf(admission)];
}

/** Breaks each rule, and gives the code of the refusal. */
const BREACHES: Readonly<Record<RefusalName, () => Promise<number>>> = {
  'plain-http': async () => {
    const server = await serve();
    return new Promise((resolve) => get(server.endpoint.replace('ws:', 'http:'), (response) => resolve(response.resume().statusCode!)));
  },
  'unknown-version': async () => (await open(await serve(), '?v=3')).closed,
  'not-json': () => says('x'),
  'bad-payload': () => says('{"op":5,"d":{}}'),
  'unknown-opcode': () => says('{"op":200,"d":{}}'),
  'not-identified': async () => comes(await serve(), VoiceOp.SelectProtocol, SELECT),
  'never-identified': async () => {
    const scheduler = virtualTime();
    const client = await open(await serve({ scheduler }));
    pass(scheduler, 10_000);
    return client.closed;
  },
  'wrong-token': () => identifies({ token: 'nonsense' }),
  'wrong-session': () => identifies({ sessionId: 'nonsense' }),
  'without-dave': () => identifies({}, { daveVersion: 1 }),
  'spent-token': async () => {
    const server = await serve();
    const [first, credentials] = await joined(server);
    const ended = nextEvent(server, 'session-ended');
    first.leave(1000);
    await ended;
    return comes(server, VoiceOp.Identify, identifyOf(credentials));
  },
  'living-session': async () => {
    const server = await serve();
    const [, credentials] = await joined(server);
    return comes(server, VoiceOp.Identify, identifyOf(credentials));
  },
  'identified-twice': async () => {
    const [client, credentials] = await joined(await serve());
    client.send(VoiceOp.Identify, identifyOf(credentials));
    return client.closed;
  },
  'no-session': async () => {
    const server = await serve();
    return comes(server, VoiceOp.Resume, resumeOf(credentialsOf(admit(server)), -1));
  },
  'replay-gap': async () => {
    const server = await serve({ replayLimit: 1 });
    const [first, credentials] = await joined(server);
    await join(server, BOB);
    const closed = nextEvent(server, 'close');
    first.leave();
    await closed;
    return comes(server, VoiceOp.Resume, resumeOf(credentials, -1));
  },
  'no-heartbeat': async () => {
    const scheduler = virtualTime();
    const client = await join(await serve({ scheduler, heartbeatInterval: 10_000 }));
    pass(scheduler, 17_000);
    return client.closed;
  },
  elsewhere: async () => {
    const server = await serve();
    await server.faults.changeRegion('1000');
    return comes(server, VoiceOp.Identify, identifyOf(credentialsOf(admit(server))));
  },
  'not-udp': () => says(JSON.stringify({ op: 1, d: { ...SELECT, protocol: 'webrtc' } })),
  'unknown-mode': () => says(JSON.stringify({ op: 1, d: { ...SELECT, data: { ...SELECT.data, mode: 'xsalsa20_poly1305' } } })),
  'no-address': () => says(JSON.stringify({ op: 1, d: { ...SELECT, data: { ...SELECT.data, port: 0 } } })),
  'audio-before-speaking': async () => {
    const scheduler = virtualTime();
    const server = await serve({ scheduler });
    const client = await open(server);
    await client.identify(credentialsOf(admit(server)));
    await client.bind();
    await client.select('aead_aes256_gcm_rtpsize', await client.discover());
    const accepted = new Promise((resolve) => server.packets$.subscribe(resolve));
    client.sendDatagram(client.audio({ sequence: 1, payload: Uint8Array.of(1) }));
    await accepted;
    pass(scheduler, 250);
    return client.closed;
  },
  'too-large': () => says(new Uint8Array((1 << 20) + 1)),
  'slow-reader': async () => {
    const server = await serve({ sendQueue: 10_000 });
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    const closed = nextEvent(server, 'close');
    server.faults.silent(BOB, true, 'control');
    for (let i = 0; i < 200; i++) alice.send(VoiceOp.Speaking, { speaking: i % 2 });
    expect(await closed).toMatchObject({ userId: BOB, by: 'server', code: 1006 });
    return bob.closed;
  },
};

describe('the rule', () => {
  it.each(Object.keys(REFUSALS) as RefusalName[])('%s', async (name) => {
    expect(await BREACHES[name]()).toBe(REFUSALS[name].code);
  });
});

describe('the rules', () => {
  const page = readFileSync(new URL('../../../docs/server-refusals.md', import.meta.url), 'utf8');
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

  it('are those of docs/server-refusals.md', () => {
    const refusals = Object.entries(REFUSALS).map(([name, { code, rule, source }]) => line([`\`${name}\``, code, rule, source]));
    const suspicions = Object.entries(SUSPICIONS).map(([name, { what, strictly }]) =>
      line([`\`${name}\``, what, strictly === null ? 'the packet is not taken' : strictly]),
    );
    const [rules] = page.split('## Where sources disagree');
    expect(rules!.split('\n').filter((text) => text.startsWith('| `'))).toEqual([...refusals, ...suspicions]);
  });

  it('are the only ones: where clients are heard, nothing is closed by a code of its own', () => {
    const source = new URL('../../../src/server/', import.meta.url);
    const files = ['control', 'media'].flatMap((room) => readdirSync(new URL(room, source)).map((file) => `${room}/${file}`));
    const own = files.filter((file) => /\.(close|end|refuse)\([^)]*CloseCode\./.test(readFileSync(new URL(file, source), 'utf8')));
    expect(own).toEqual([]);
  });
});
