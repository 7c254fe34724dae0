import { describe, expect, it } from 'vitest';
import { connect } from 'node:net';
import { once } from 'node:events';
import fc from 'fast-check';
import { isAudio, RawVoiceClient } from '../../support/raw-voice-client.js';
import { admit, ALICE, BOB, join, open, serve } from './stage.js';

const OPCODES = fc.oneof(fc.nat(33), fc.integer());
const BODIES = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      server_id: fc.constantFrom('1000', '1', 1),
      user_id: fc.constantFrom(ALICE, 'x', null),
      session_id: fc.string(),
      token: fc.string(),
      seq_ack: fc.oneof(fc.integer(), fc.string()),
      protocol: fc.constantFrom('udp', 'webrtc', 3),
      data: fc.jsonValue(),
      speaking: fc.oneof(fc.integer(), fc.boolean()),
      ssrc: fc.integer(),
      t: fc.oneof(fc.double(), fc.string()),
    },
    { requiredKeys: [] },
  ),
);
const MESSAGES = fc.oneof(
  fc.string(),
  fc.uint8Array({ maxLength: 64 }),
  fc.record({ op: OPCODES, d: BODIES }).map((message) => JSON.stringify(message)),
);

describe('garbage', () => {
  it.each([
    ['before Identify', false],
    ['after the join', true],
  ])('over the WebSocket, %s, closes no other', async (_, joined) => {
    const server = await serve();
    const witness = await join(server, BOB);
    await fc.assert(
      fc.asyncProperty(fc.array(MESSAGES, { minLength: 1, maxLength: 6 }), async (messages) => {
        const client = joined ? await RawVoiceClient.join(server.endpoint, admit(server)) : await open(server);
        for (const message of messages) client.socket.send(message);
        client.socket.close(4999);
        const code = await client.closed;
        client.leave();
        expect([4001, 4002, 4003, 4004, 4005, 4006, 4012, 4016, 4020, 4999]).toContain(code);
      }),
      { numRuns: 150, seed: 11 },
    );
    await witness.settle();
    await (await join(server)).settle();
  });

  it('over UDP harms nothing, and is counted', async () => {
    const server = await serve();
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    const before = { ...server.counters };
    const starts = fc.constantFrom([], [0x80, 0x78], [0xbf, 0xf8], [0x80, 200], [0, 1, 0, 70], [0x13, 0x37, 0xca, 0xfe]);
    const ssrc = [...Buffer.from(alice.ssrc.toString(16).padStart(8, '0'), 'hex')];
    await fc.assert(
      fc.asyncProperty(starts, fc.uint8Array({ maxLength: 90 }), fc.boolean(), async (start, tail, own) => {
        const datagram = Uint8Array.from([...start, ...tail]);
        if (own && datagram.length >= 12) datagram.set(ssrc, 8);
        alice.sendDatagram(datagram);
        if (datagram.length % 16 === 0) await alice.discover();
      }),
      { numRuns: 400, seed: 12 },
    );
    alice.sendDatagram(alice.audio({ sequence: 1, payload: Uint8Array.of(1) }));
    expect(bob.openAudio(await bob.datagram(isAudio)).body).toEqual(Uint8Array.of(1));
    const { counters } = server;
    expect(counters.accepted).toBe(before.accepted + 1);
    expect(counters.undecryptable).toBeGreaterThan(0);
    // From a known address, a datagram that is not RTP counts as a keepalive.
    expect(counters.malformed).toBe(0);
    expect(counters.unknownSsrc).toBeGreaterThan(0);
    expect(counters.keepalives).toBeGreaterThan(0);
    expect(counters.ignored).toBeGreaterThan(0);
  });

  it('over TCP is no WebSocket, and harms nothing', async () => {
    const server = await serve();
    const socket = connect(Number(new URL(server.endpoint).port), '127.0.0.1');
    socket.write('\x00\x01garbage\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    await (await join(server)).settle();
  });
});
