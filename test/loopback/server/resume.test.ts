import { describe, expect, it } from 'vitest';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import type { LoopbackVoiceServer } from '../../../src/server/index.js';
import { credentialsOf, isAudio, RawVoiceClient, type Admission } from '../../support/raw-voice-client.js';
import { admit, ALICE, BOB, join, keep, nextEvent, open, pass, serve, virtualTime } from './stage.js';

/** A client that lost its socket, and the admission that it resumes with. */
async function dropped(server: LoopbackVoiceServer): Promise<{ client: RawVoiceClient; admission: Admission }> {
  const admission = admit(server);
  const client = keep(await RawVoiceClient.join(server.endpoint, admission));
  await client.settle();
  const closed = nextEvent(server, 'close');
  client.socket.terminate();
  expect(await closed).toMatchObject({ code: 1006, by: 'client' });
  return { client, admission };
}

async function resume(
  server: LoopbackVoiceServer,
  admission: Admission,
  change: object = {},
  query = '?v=8',
): Promise<RawVoiceClient> {
  const client = await open(server, query);
  const { guildId, sessionId, token } = credentialsOf(admission);
  client.send(VoiceOp.Resume, { server_id: guildId, session_id: sessionId, token, seq_ack: -1, ...change });
  return client;
}

const numbered = (client: RawVoiceClient): unknown[] =>
  client.frames.filter(({ seq }) => seq !== undefined).map(({ op, seq }) => [op, seq]);

describe('a resume', () => {
  it('replays what came after seq_ack, numbered as before, after Resumed', async () => {
    const server = await serve();
    const { admission } = await dropped(server);
    const bob = await join(server, BOB);
    await bob.settle();

    const back = await resume(server, admission);
    expect((await back.next(VoiceOp.Resumed)).d).toBeNull();
    await back.settle();
    expect(back.frames.map(({ op, seq }) => [op, seq])).toEqual([
      [8, undefined], [9, undefined], [11, 1], [18, 2], [20, 3], [5, 4], [6, undefined],
    ]); // prettier-ignore
    expect(back.frames[2]!.d).toEqual({ user_ids: [BOB] });

    bob.send(VoiceOp.Speaking, { speaking: 0, delay: 0, ssrc: bob.ssrc });
    expect(await back.next(VoiceOp.Speaking).then(() => back.next(VoiceOp.Speaking))).toMatchObject({ seq: 5 });
  });

  it('is made once on a WebSocket: a second one closes it with 4005, and ends the session', async () => {
    const server = await serve();
    const { admission } = await dropped(server);
    const back = await resume(server, admission);
    await back.next(VoiceOp.Resumed);
    const { guildId, sessionId, token } = credentialsOf(admission);
    back.send(VoiceOp.Resume, { server_id: guildId, session_id: sessionId, token, seq_ack: 0 });
    expect(await back.closed).toBe(4005);
    expect(await (await resume(server, admission)).closed).toBe(4006);
  });

  it('replays before Resumed where asked to', async () => {
    const server = await serve({ replayBeforeResumed: true });
    const { admission } = await dropped(server);
    await (await join(server, BOB)).settle();
    const back = await resume(server, admission, { seq_ack: 2 });
    await back.next(VoiceOp.Resumed);
    expect(back.frames.map(({ op, seq }) => [op, seq])).toEqual([
      [8, undefined], [20, 3], [5, 4], [9, undefined],
    ]); // prettier-ignore
  });

  it('numbers across the wrap of 16 bits', async () => {
    const server = await serve({ firstSequence: 65_534 });
    const { admission } = await dropped(server);
    await (await join(server, BOB)).settle();
    const all = await resume(server, admission);
    await all.settle();
    expect(numbered(all)).toEqual([[11, 65_534], [18, 65_535], [20, 0], [5, 1]]); // prettier-ignore
    const part = await resume(server, admission, { seq_ack: 65_535 });
    expect(await all.closed).toBe(4006);
    await part.settle();
    expect(numbered(part)).toEqual([[20, 0], [5, 1]]); // prettier-ignore
    const none = await resume(server, admission, { seq_ack: 1 });
    await none.settle();
    expect(numbered(none)).toEqual([]);
  });

  it('takes an absent seq_ack for the beginning, and replays nothing below version 8', async () => {
    const server = await serve();
    const { admission } = await dropped(server);
    await (await join(server, BOB)).settle();
    const all = await resume(server, admission, { seq_ack: undefined });
    await all.settle();
    expect(numbered(all).length).toBe(4);
    const old = await resume(server, admission, { seq_ack: undefined }, '?v=5');
    await old.next(VoiceOp.Resumed);
    await old.settle();
    expect(old.frames.map(({ op }) => op)).toEqual([8, 9, 6]);
  });

  it('keeps SSRC, key and UDP: audio goes both ways while the socket is lost', async () => {
    const server = await serve();
    const { client, admission } = await dropped(server);
    const bob = await join(server, BOB);
    client.sendDatagram(client.audio({ sequence: 5, payload: Uint8Array.of(1, 2) }));
    expect([...bob.openAudio(await bob.datagram(isAudio)).body]).toEqual([1, 2]);
    bob.sendDatagram(bob.audio({ sequence: 9, payload: Uint8Array.of(3) }));
    expect([...client.openAudio(await client.datagram(isAudio)).body]).toEqual([3]);
    const back = await resume(server, admission);
    await back.next(VoiceOp.Resumed);
    client.sendDatagram(client.audio({ sequence: 6, payload: Uint8Array.of(4) }));
    expect([...bob.openAudio(await bob.datagram(isAudio)).body]).toEqual([4]);
    expect(bob.frames.some(({ op }) => op === VoiceOp.ClientDisconnect)).toBe(false);
  });

  it.each([
    ['an unknown token', { token: 'nonsense' }],
    ['another session id', { session_id: 'nonsense' }],
    ['another guild', { server_id: '9' }],
    ['a number never given', { seq_ack: 77 }],
  ])('with %s is refused with 4006', async (_, wrong) => {
    const server = await serve();
    const { admission } = await dropped(server);
    expect(await (await resume(server, admission, wrong)).closed).toBe(4006);
  });

  it('is refused when the buffer no longer reaches back, and the session is over', async () => {
    const server = await serve({ replayLimit: 3 });
    const { admission } = await dropped(server);
    const bob = await join(server, BOB);
    await bob.settle();
    expect(await (await resume(server, admission)).closed).toBe(4006);
    expect((await bob.next(VoiceOp.ClientDisconnect)).d).toEqual({ user_id: ALICE });
  });

  it('is granted at the very edge of the buffer', async () => {
    const server = await serve({ replayLimit: 3 });
    const { admission } = await dropped(server);
    await (await join(server, BOB)).settle();
    const back = await resume(server, admission, { seq_ack: 1 });
    await back.settle();
    expect(numbered(back)).toEqual([[18, 2], [20, 3], [5, 4]]); // prettier-ignore
  });

  it('is refused once a newer VOICE_SERVER_UPDATE came', async () => {
    const server = await serve();
    const { admission } = await dropped(server);
    admit(server);
    expect(await (await resume(server, admission)).closed).toBe(4006);
  });

  it('is refused when the window has passed, and the others are told', async () => {
    const server = await serve({ resumeWindow: 20 });
    const bob = await join(server, BOB);
    const { admission } = await dropped(server);
    expect((await bob.next(VoiceOp.ClientDisconnect)).d).toEqual({ user_id: ALICE });
    expect(await (await resume(server, admission)).closed).toBe(4006);
  });

  it('stops the window: the session lives on when it would have passed', async () => {
    const scheduler = virtualTime();
    const server = await serve({ scheduler, heartbeatInterval: 1_000_000 });
    const { admission } = await dropped(server);
    const back = await resume(server, admission);
    await back.next(VoiceOp.Resumed);
    pass(scheduler, 60_001);
    await back.settle();
    const closed = nextEvent(server, 'close');
    back.leave(4900);
    await closed;
    pass(scheduler, 59_999);
    await (await resume(server, admission)).next(VoiceOp.Resumed);
  });

  it.each([1000, 1001])('is refused after the client closed with %i', async (code) => {
    const server = await serve();
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    const ended = nextEvent(server, 'session-ended');
    client.leave(code);
    await ended;
    expect(await (await resume(server, admission)).closed).toBe(4006);
  });

  it('after a close with a code of the client is granted', async () => {
    const server = await serve();
    const admission = admit(server);
    const client = keep(await RawVoiceClient.join(server.endpoint, admission));
    client.leave(4900);
    await client.closed;
    await (await resume(server, admission)).next(VoiceOp.Resumed);
  });
});
