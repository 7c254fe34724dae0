/** Behaviour of which no source says that Discord refuses it: it is reported and counted, and only a strict server refuses it. */
import { describe, expect, it } from 'vitest';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import { SUSPICIONS, type LoopbackVoiceServer, type Suspicion } from '../../../src/server/index.js';
import { isAudio, type RawVoiceClient } from '../../support/raw-voice-client.js';
import { ALICE, BOB, join, nextEvent, serve } from './stage.js';

/** How a client that has joined causes it, and the version that the client joins with. */
interface Wrong {
  readonly query?: string;
  act(client: RawVoiceClient, server: LoopbackVoiceServer): unknown;
}

const heartbeat = (d: string) => (client: RawVoiceClient): void => client.socket.send(`{"op":3,"d":${d}}`);
const audio = (client: RawVoiceClient, sequence: number): Uint8Array => client.audio({ sequence, payload: Uint8Array.of(sequence) });

const WRONGS: Readonly<Record<Exclude<Suspicion, 'plain-audio'>, Wrong>> = {
  'bare-heartbeat': { act: heartbeat('7') },
  'no-seq-ack': { act: heartbeat('{"t":7}') },
  'unknown-seq-ack': { act: heartbeat('{"t":7,"seq_ack":60000}') },
  'object-heartbeat': { query: '?v=4', act: heartbeat('{"t":7,"seq_ack":-1}') },
  'foreign-ssrc': { act: (client) => client.send(VoiceOp.Speaking, { speaking: 1, delay: 0, ssrc: 1 }) },
  'reused-nonce': {
    act: (client) => {
      const { seal } = client;
      const first = audio(client, 1);
      // The same key with its counter set back, as by a client that starts over after a resume.
      client.resetSeal();
      const again = audio(client, 2);
      client.seal = seal;
      for (const datagram of [first, again]) client.sendDatagram(datagram);
    },
  },
  'repeated-packet': {
    act: (client) => {
      const datagram = audio(client, 1);
      for (let i = 0; i < 2; i++) client.sendDatagram(datagram);
    },
  },
  'marker-bit': {
    act: (client) => {
      const header = Buffer.from(audio(client, 1).subarray(0, 12));
      header[1]! |= 0x80;
      client.sendDatagram(client.audio({ sequence: 1, header, payload: Uint8Array.of(1) }));
    },
  },
};
const NAMES = Object.keys(WRONGS) as (keyof typeof WRONGS)[];

describe.each(NAMES)('%s', (what) => {
  const { query = '?v=8', act } = WRONGS[what];

  it('is told of and counted, and the client goes on', async () => {
    const server = await serve();
    const client = await join(server, ALICE, { query });
    const seen = nextEvent(server, 'suspicious');
    void act(client, server);
    expect(await seen).toMatchObject({ what, userId: ALICE });
    expect(server.suspicions[what]).toBe(1);
    client.send(16, {});
    await client.next(16);
    expect(server.counters.refused).toBe(0);
  });

  it('is refused by a strict server', async () => {
    const server = await serve({ strict: true });
    const client = await join(server, ALICE, { query });
    const { strictly } = SUSPICIONS[what];
    const refused = strictly === null ? nextEvent(server, 'bad-datagram') : client.closed;
    void act(client, server);
    expect(await refused).toEqual(strictly ?? expect.objectContaining({ reason: 'refused', userId: ALICE }));
  });
});

describe('what is not suspicious', () => {
  it('is all that an ordinary client sends, in either version', async () => {
    const server = await serve({ strict: true });
    const bob = await join(server, BOB);
    for (const query of ['?v=8', '?v=4']) {
      const client = await join(server, ALICE, { query });
      heartbeat(query === '?v=8' ? '{"t":1,"seq_ack":-1}' : '1')(client);
      await client.next(VoiceOp.HeartbeatAck);
      client.sendDatagram(audio(client, 1));
      await bob.datagram(isAudio);
    }
    expect(Object.values(server.suspicions).every((count) => count === 0)).toBe(true);
  });

  it('is a copy that a fault has made', async () => {
    const server = await serve({ strict: true });
    const [client, bob] = [await join(server, ALICE), await join(server, BOB)];
    server.faults.datagrams(({ direction }) => (direction === 'inbound' ? 'duplicate' : 'pass'));
    client.sendDatagram(audio(client, 1));
    await bob.datagram(isAudio);
    await bob.datagram(isAudio);
    expect(server.suspicions['repeated-packet']).toBe(0);
  });

  it('is any seq_ack that was given out', async () => {
    const server = await serve({ strict: true, firstSequence: 65_535 });
    const bob = await join(server, BOB);
    const alice = await join(server, ALICE);
    await bob.next(VoiceOp.Speaking);
    const given = bob.frames.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
    expect(given.slice(0, 2)).toEqual([65_535, 0]);
    for (const seq of given) heartbeat(`{"t":${seq},"seq_ack":${seq}}`)(bob);
    for (const _ of given) await bob.next(VoiceOp.HeartbeatAck);
    heartbeat(`{"t":1,"seq_ack":${given.length}}`)(bob);
    expect(await bob.closed).toBe(4002);
    alice.leave();
  });
});
