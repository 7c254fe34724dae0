/** What was sent before a session ended is heard, although the event loop reads UDP and WebSockets separately. */
import { expect, it } from 'vitest';
import { identify, resume } from '../../../src/protocol/commands.js';
import type { LoopbackVoiceServer } from '../../../src/server/index.js';
import { credentialsOf, RawVoiceClient, type Admission } from '../../support/raw-voice-client.js';
import { admit, ALICE, GUILD, keep, nextEvent, open, OTHER_CHANNEL, serve } from './stage.js';

/** More than libuv reads from one socket before it looks at the others. */
const DATAGRAMS = 400;

interface Ending {
  readonly server: LoopbackVoiceServer;
  readonly client: RawVoiceClient;
  readonly admission: Admission;
  /** A second WebSocket, which has not identified itself. */
  readonly other: RawVoiceClient;
}

const op4 = (channel_id: string | null) => ({ op: 4, d: { guild_id: GUILD, channel_id, self_mute: false, self_deaf: false } }) as const;

const ENDINGS: Readonly<Record<string, (ending: Ending) => void>> = {
  'it closes its WebSocket with 1000': ({ client }) => client.socket.close(1000),
  'it closes its WebSocket with 1001': ({ client }) => client.socket.close(1001),
  'it leaves the channel': ({ server }) => server.gateway(ALICE).next(op4(null)),
  'it moves to another channel': ({ server }) => server.gateway(ALICE).next(op4(OTHER_CHANNEL)),
  'it is thrown out': ({ server }) => server.faults.kick(ALICE),
};
/** Endings of a session whose WebSocket is lost. */
const ENDINGS_WITHOUT: typeof ENDINGS = {
  'another identifies in its place': ({ other, admission }) => other.socket.send(identify(credentialsOf(admission), 0)),
  'a Resume across what is lost ends it': ({ server, other, admission }) => {
    server.faults.forgetReplays(ALICE);
    other.socket.send(resume(credentialsOf(admission), 8, 0));
  },
};

it.each([...Object.entries(ENDINGS), ...Object.entries(ENDINGS_WITHOUT)])('all that a client sent is heard before its session ends, where %s', async (name, end) => {
  const server = await serve();
  const admission = admit(server);
  const client = keep(await RawVoiceClient.join(server.endpoint, admission));
  await client.settle();
  const other = await open(server);
  if (name in ENDINGS_WITHOUT) {
    const lost = nextEvent(server, 'close');
    client.socket.terminate();
    await lost;
  }
  let heard = 0;
  server.packets$.subscribe(() => (heard += 1));
  const ended = nextEvent(server, 'session-ended');
  for (let sequence = 0; sequence < DATAGRAMS; sequence++) client.sendDatagram(client.audio({ sequence, payload: Uint8Array.of(1) }));
  end({ server, client, admission, other });
  expect((await ended).ssrc).toBe(client.ssrc);
  expect([heard, server.counters.unknownSsrc]).toEqual([DATAGRAMS, 0]);
});
