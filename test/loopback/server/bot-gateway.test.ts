import { describe, expect, it } from 'vitest';
import { firstValueFrom, take, toArray } from 'rxjs';
import { voiceStateCommand } from '../../../src/protocol/commands.js';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import type { GatewayPayload } from '../../../src/gateway/port.js';
import type { LoopbackVoiceServer } from '../../../src/server/index.js';
import { RawVoiceClient, type Admission } from '../../support/raw-voice-client.js';
import { ALICE, BOB, CHANNEL, GUILD, join, keep, nextEvent, OTHER_CHANNEL, serve } from './stage.js';

const STATE = 'VOICE_STATE_UPDATE';
const SERVER = 'VOICE_SERVER_UPDATE';

/** The next `count` dispatches of a user. Call this before causing them. */
function dispatches(server: LoopbackVoiceServer, userId: string, count: number): Promise<GatewayPayload[]> {
  return firstValueFrom(server.gateway(userId).pipe(take(count), toArray()));
}

const d = (payload: GatewayPayload | undefined): Record<string, unknown> => payload!.d as Record<string, unknown>;

/** Joins through the gateway, and connects. */
async function joinByGateway(server: LoopbackVoiceServer, userId = ALICE): Promise<RawVoiceClient> {
  const events = dispatches(server, userId, 2);
  server.gateway(userId).next(voiceStateCommand(GUILD, CHANNEL, false, false));
  return keep(await RawVoiceClient.join(server.endpoint, admission(await events)));
}

function admission(events: readonly GatewayPayload[]): Admission {
  const pick = (t: string): unknown => events.find((event) => event.t === t)!.d;
  return { voiceState: pick(STATE), voiceServer: pick(SERVER) } as Admission;
}

describe('the bot gateway', () => {
  it('answers op 4 with both events, and the credentials in them are good', async () => {
    const server = await serve();
    const events = dispatches(server, ALICE, 2);
    server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, true, false));
    const [state, voiceServer] = await events;
    expect(state).toMatchObject({ op: 0, t: STATE, s: 1 });
    expect(d(state)).toMatchObject({
      guild_id: GUILD,
      channel_id: CHANNEL,
      user_id: ALICE,
      self_mute: true,
      self_deaf: false,
      mute: false,
      deaf: false,
    });
    expect(voiceServer).toMatchObject({ op: 0, t: SERVER, s: 2, d: { guild_id: GUILD, endpoint: server.endpoint } });
    keep(await RawVoiceClient.join(server.endpoint, admission(await events)));
  });

  it('never answers before next() returns', async () => {
    const server = await serve();
    const seen: unknown[] = [];
    server.gateway(ALICE).subscribe((event) => seen.push(event));
    const events = dispatches(server, ALICE, 2);
    server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, false, false));
    expect(seen).toEqual([]);
    await events;
    expect(seen.length).toBe(2);
  });

  it.each([
    ['state-first', [STATE, SERVER]],
    ['server-first', [SERVER, STATE]],
  ] as const)('dispatches %s', async (eventOrder, order) => {
    for (const server of [await serve({ eventOrder }), await serve()]) {
      server.faults.eventOrder(eventOrder);
      const events = dispatches(server, ALICE, 2);
      server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, false, false));
      expect((await events).map(({ t }) => t)).toEqual(order);
    }
  });

  it('tells everybody of states, and only the user of the server', async () => {
    const server = await serve();
    const seenByBob: unknown[] = [];
    server.gateway(BOB).subscribe(({ t }) => seenByBob.push(t));
    await joinByGateway(server);
    const both = dispatches(server, BOB, 2);
    server.gateway(BOB).next(voiceStateCommand(GUILD, CHANNEL, false, false));
    await both;
    expect(seenByBob).toEqual([STATE, STATE, SERVER]);
  });

  it('is one for both ports of a user', async () => {
    const server = await serve();
    const [one, other] = [dispatches(server, ALICE, 2), dispatches(server, ALICE, 2)];
    server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, false, false));
    expect(await one).toEqual(await other);
  });

  it('answers a change of mute or deaf with the state alone, and the session lives on', async () => {
    const server = await serve();
    const client = await joinByGateway(server);
    const events = dispatches(server, ALICE, 2);
    server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, true, true));
    server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, false, true));
    expect((await events).map((event) => [event.t, d(event)['self_mute'], d(event)['self_deaf']])).toEqual([
      [STATE, true, true], [STATE, false, true],
    ]); // prettier-ignore
    await client.settle();
  });

  it('moves: both events with a new token and the same session id, then 4014', async () => {
    const server = await serve();
    const before = dispatches(server, ALICE, 2);
    const client = await joinByGateway(server);
    const bob = await join(server, BOB);
    const after = dispatches(server, ALICE, 2);
    server.gateway(ALICE).next(voiceStateCommand(GUILD, OTHER_CHANNEL, false, false));
    const [oldState, oldServer] = await before;
    const [state, voiceServer] = await after;
    expect(d(state)).toMatchObject({ channel_id: OTHER_CHANNEL, session_id: d(oldState)['session_id'] });
    expect(d(voiceServer)['token']).not.toBe(d(oldServer)['token']);
    expect(await client.closed).toBe(4014);
    expect((await bob.next(VoiceOp.ClientDisconnect)).d).toEqual({ user_id: ALICE });
    keep(await RawVoiceClient.join(server.endpoint, admission(await after)));
  });

  it('leaves: a null channel for everybody, 4014, and another session id on the next join', async () => {
    const server = await serve();
    const before = dispatches(server, ALICE, 2);
    const client = await joinByGateway(server);
    const [mine, others] = [dispatches(server, ALICE, 1), dispatches(server, BOB, 1)];
    const left = nextEvent(server, 'left');
    server.gateway(ALICE).next(voiceStateCommand(GUILD, null, false, false));
    expect(d((await mine)[0])).toMatchObject({ channel_id: null, user_id: ALICE });
    expect(d((await others)[0])).toMatchObject({ channel_id: null, user_id: ALICE });
    expect(await left).toMatchObject({ userId: ALICE, channelId: CHANNEL });
    expect(await client.closed).toBe(4014);
    const again = dispatches(server, ALICE, 2);
    server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, false, false));
    expect(d((await again)[0])['session_id']).not.toBe(d((await before)[0])['session_id']);
  });

  it.each([
    null, undefined, 'x', {}, { op: 4 }, { op: 5, d: { guild_id: GUILD, channel_id: CHANNEL } },
    { op: 4, d: { guild_id: 1.5, channel_id: CHANNEL } }, { op: 4, d: { guild_id: 2 ** 53, channel_id: CHANNEL } }, { op: 4, d: { guild_id: GUILD } },
    '{"op":4,"d":{"guild_id":-90071992547409931,"channel_id":null}}', '{"op":4',
    { op: 4, d: { guild_id: GUILD, channel_id: CHANNEL, self_mute: 'yes' } },
  ])('ignores the command %j, and says so', async (command) => {
    const server = await serve();
    const bad = nextEvent(server, 'bad-command');
    server.gateway(ALICE).next(command as never);
    expect(await bad).toMatchObject({ userId: ALICE });
    const events = dispatches(server, ALICE, 1);
    server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, false, false));
    expect((await events)[0]!.s).toBe(1);
  });

  it('refuses to admit what is no snowflake', async () => {
    const server = await serve();
    expect(() => server.admit({ guildId: 'x', channelId: CHANNEL, userId: ALICE })).toThrow(RangeError);
  });
});

describe('moderation', () => {
  it('kicks', async () => {
    const server = await serve();
    const client = await joinByGateway(server);
    const events = dispatches(server, ALICE, 1);
    server.faults.kick(ALICE, '9');
    server.faults.kick(ALICE, GUILD);
    expect(d((await events)[0])).toMatchObject({ channel_id: null });
    // For a user who was alone, the close code says that the call is over.
    expect(await client.closed).toBe(4022);
  });

  it('kicks out of a call that goes on', async () => {
    const server = await serve();
    const clients = [await joinByGateway(server, ALICE), await joinByGateway(server, BOB)];
    server.faults.kick(ALICE, GUILD);
    expect(await clients[0]!.closed).toBe(4014);
    server.faults.kick(BOB, GUILD, { code: 4014 });
    expect(await clients[1]!.closed).toBe(4014);
  });

  it('moves', async () => {
    const server = await serve();
    const client = await joinByGateway(server);
    const events = dispatches(server, ALICE, 2);
    server.faults.move(ALICE, OTHER_CHANNEL);
    expect(d((await events)[0])).toMatchObject({ channel_id: OTHER_CHANNEL });
    expect(await client.closed).toBe(4014);
    keep(await RawVoiceClient.join(server.endpoint, admission(await events)));
  });

  it('ends the call: 4022 for all of the channel', async () => {
    const server = await serve();
    const clients = [await joinByGateway(server), await join(server, BOB)];
    server.faults.endCall(GUILD, CHANNEL);
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([4022, 4022]);
  });

  it('takes the voice server away and names it again', async () => {
    const server = await serve();
    const client = await joinByGateway(server);
    const gone = dispatches(server, ALICE, 1);
    server.faults.nullEndpoint(GUILD);
    expect((await gone)[0]).toMatchObject({ t: SERVER, d: { endpoint: null } });
    expect(await client.closed).toBe(4014);
    const bob = dispatches(server, BOB, 2);
    server.gateway(BOB).next(voiceStateCommand(GUILD, CHANNEL, false, false));
    expect(d((await bob)[1])['endpoint']).toBeNull();
    const named = dispatches(server, ALICE, 1);
    server.faults.nameServer(GUILD);
    expect((await named)[0]).toMatchObject({ t: SERVER, d: { endpoint: server.endpoint } });
  });

  it('names a server with new tokens, while the old session goes on until the next Identify', async () => {
    const server = await serve();
    const first = dispatches(server, ALICE, 2);
    const client = await joinByGateway(server);
    const named = dispatches(server, ALICE, 1);
    server.faults.nameServer(GUILD);
    const renewed = admission([...(await first).filter(({ t }) => t === STATE), ...(await named)]);
    await client.settle();
    const next = keep(await RawVoiceClient.join(server.endpoint, renewed));
    expect(await client.closed).toBe(4006);
    expect(next.ssrc).not.toBe(client.ssrc);
  });
});

describe('op 4', () => {
  it('has a member in the voice state, who joined when the account was made', async () => {
    const server = await serve();
    const events = dispatches(server, '175928847299117063', 2);
    server.gateway('175928847299117063').next(voiceStateCommand(GUILD, CHANNEL, false, false));
    expect(d((await events)[0])['member']).toMatchObject({
      user: { id: '175928847299117063', bot: true },
      roles: [],
      joined_at: '2016-04-30T11:18:25.796Z',
    });
  });

  const BIG = '1196458234987302912';
  it.each([
    ['a number', { op: 4, d: { guild_id: 1000, channel_id: 2000 } }, GUILD],
    ['the text of a command', `{"op":4,"d":{"guild_id":${BIG},"channel_id":2000}}`, BIG],
    ['a bigint', { op: 4, d: { guild_id: BigInt(BIG), channel_id: CHANNEL } }, BIG],
  ])('takes ids as %s, digit by digit', async (_, command, guildId) => {
    const server = await serve();
    const events = dispatches(server, ALICE, 2);
    server.gateway(ALICE).next(command as never);
    expect(d((await events)[0])).toMatchObject({ guild_id: guildId, channel_id: CHANNEL });
  });

  it.each([
    [{}, [STATE, SERVER]],
    [{ sameChannel: 'voice-server-update' }, [STATE, SERVER]],
    [{ sameChannel: 'voice-state-update' }, [STATE]],
  ] as const)('that changes nothing is answered, with %j, by %j', async (options, types) => {
    const server = await serve(options);
    const client = await joinByGateway(server);
    const seen: (string | null | undefined)[] = [];
    server.gateway(ALICE).subscribe(({ t }) => seen.push(t));
    server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, false, false));
    // A change of flags names no server, so its answer shows that all of the first answer has come.
    const muted = dispatches(server, ALICE, types.length + 1);
    server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, true, false));
    await muted;
    expect(seen).toEqual([...types, STATE]);
    // The session goes on until its client identifies anew.
    await client.settle();
  });
});
