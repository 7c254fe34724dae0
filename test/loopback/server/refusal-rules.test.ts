/** Every refusal of the server: each rule is broken once, and docs/server-refusals.md lists what the code has. */
import { readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import { REFUSALS, SUSPICIONS, type RefusalName, type VoiceServerOptions } from '../../../src/server/index.js';
import { credentialsOf, RawVoiceClient, type Credentials } from '../../support/raw-voice-client.js';
import { admit, ALICE, BOB, join, keep, nextEvent, open, pass, serve, virtualTime } from './stage.js';

const SELECT = { protocol: 'udp', data: { address: '127.0.0.1', port: 9, mode: 'aead_aes256_gcm_rtpsize' } };
const identifyOf = ({ guildId, userId, sessionId, token }: Credentials): object =>
  ({ server_id: guildId, user_id: userId, session_id: sessionId, token }); // prettier-ignore
const resumeOf = ({ guildId, sessionId, token }: Credentials, seq_ack: number): object =>
  ({ server_id: guildId, session_id: sessionId, token, seq_ack }); // prettier-ignore

/** A client that has joined and then says this. */
async function says(message: string | Uint8Array, options: VoiceServerOptions = {}): Promise<number> {
  const client = await join(await serve(options));
  client.socket.send(message);
  return client.closed;
}

/** A client that identifies with something wrong. */
async function identifies(wrong: Partial<Credentials>, options: VoiceServerOptions = {}): Promise<number> {
  const server = await serve(options);
  const client = await open(server);
  client.send(VoiceOp.Identify, identifyOf({ ...credentialsOf(admit(server)), ...wrong }));
  return client.closed;
}

/** What becomes of who breaks the rule: the code. */
const BREACHES: Readonly<Record<RefusalName, () => Promise<number>>> = {
  'plain-http': async () => {
    const server = await serve();
    return new Promise((resolve) => get(server.endpoint.replace('ws:', 'http:'), (response) => resolve(response.resume().statusCode!)));
  },
  'unknown-version': async () => (await open(await serve(), '?v=3')).closed,
  'not-json': () => says('x'),
  'bad-payload': () => says('{"op":5,"d":{}}'),
  'unknown-opcode': () => says('{"op":200,"d":{}}'),
  'not-identified': async () => {
    const client = await open(await serve());
    client.send(VoiceOp.SelectProtocol, SELECT);
    return client.closed;
  },
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
    const admission = admit(server);
    const first = keep(await RawVoiceClient.join(server.endpoint, admission));
    const ended = nextEvent(server, 'session-ended');
    first.leave(1000);
    await ended;
    const second = await open(server);
    second.send(VoiceOp.Identify, identifyOf(credentialsOf(admission)));
    return second.closed;
  },
  'living-session': async () => {
    const server = await serve();
    const admission = admit(server);
    keep(await RawVoiceClient.join(server.endpoint, admission));
    const second = await open(server);
    second.send(VoiceOp.Identify, identifyOf(credentialsOf(admission)));
    return second.closed;
  },
  'identified-twice': async () => {
    const server = await serve();
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    client.send(VoiceOp.Identify, identifyOf(credentialsOf(admission)));
    return client.closed;
  },
  'no-session': async () => {
    const server = await serve();
    const client = await open(server);
    client.send(VoiceOp.Resume, resumeOf(credentialsOf(admit(server)), -1));
    return client.closed;
  },
  'replay-gap': async () => {
    const server = await serve({ replayLimit: 1 });
    const admission = admit(server);
    const first = keep(await RawVoiceClient.join(server.endpoint, admission));
    await join(server, BOB);
    const closed = nextEvent(server, 'close');
    first.leave();
    await closed;
    const second = await open(server);
    second.send(VoiceOp.Resume, resumeOf(credentialsOf(admission), -1));
    return second.closed;
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
    const client = await open(server);
    client.send(VoiceOp.Identify, identifyOf(credentialsOf(admit(server))));
    return client.closed;
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
