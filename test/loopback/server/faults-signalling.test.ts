/** Faults that the bot gateway can cause, as its client sees them. */
import { describe, expect, it } from 'vitest';
import { filter, firstValueFrom, take, toArray } from 'rxjs';
import { identify, voiceStateCommand } from '../../../src/protocol/commands.js';
import { encodeDiscoveryRequest } from '../../../src/protocol/discovery.js';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import type { GatewayPayload, GatewayPort } from '../../../src/gateway/port.js';
import type { LoopbackVoiceServer, VoiceServerEvent, VoiceStateEvent } from '../../../src/server/index.js';
import { credentialsOf, RawVoiceClient, type Admission } from '../../support/raw-voice-client.js';
import { ALICE, BOB, CHANNEL, GUILD, keep, nextEvent, open, OTHER_CHANNEL, serve } from './stage.js';

const EVENTS = ['VOICE_STATE_UPDATE', 'VOICE_SERVER_UPDATE'] as const;

/** The next `count` dispatches. Call this before causing them. */
function dispatches(gateway: GatewayPort, count: number): Promise<GatewayPayload[]> {
  return firstValueFrom(gateway.pipe(take(count), toArray()));
}

/** The contents of both events, whichever came first. */
function admissionOf(events: readonly GatewayPayload[]): Admission {
  const [voiceState, voiceServer] = EVENTS.map((name) => events.find(({ t }) => t === name)?.d);
  return { voiceState: voiceState as VoiceStateEvent, voiceServer: voiceServer as VoiceServerEvent };
}

/** Asks for the channel by op 4, and joins its call. */
async function joinByGateway(server: LoopbackVoiceServer, userId = ALICE): Promise<{ client: RawVoiceClient; admission: Admission }> {
  const gateway = server.gateway(userId);
  const both = dispatches(gateway, 2);
  gateway.next(voiceStateCommand(GUILD, CHANNEL, false, false));
  const admission = admissionOf(await both);
  return { client: keep(await RawVoiceClient.join(admission.voiceServer.endpoint!, admission)), admission };
}

describe('a bot gateway with a new session', () => {
  for (const state of ['at-once', 'on-request'] as const) {
    it(`says READY; the voice state comes ${state}, the voice server when asked for`, async () => {
      const server = await serve();
      const { client, admission } = await joinByGateway(server);
      const gateway = server.gateway(ALICE);
      const seen: GatewayPayload[] = [];
      gateway.subscribe((payload) => seen.push(payload));
      server.faults.reidentifyGateway(ALICE, { code: 4014, shard: [0, 1], state });
      expect(await client.closed).toBe(4014);
      const ready = seen[0]!;
      expect(ready).toMatchObject({ op: 0, t: 'READY', s: 1, d: { shard: [0, 1], v: 10, user: { id: ALICE } } });
      const { session_id } = ready.d as { session_id: string };
      expect(session_id).not.toBe(admission.voiceState.session_id);
      const told = state === 'at-once' ? [{ t: EVENTS[0], d: { channel_id: CHANNEL, user_id: ALICE, session_id } }] : [];
      expect(seen.slice(1)).toMatchObject(told);

      // The server accepts neither the old credentials nor the old token with the new session id.
      for (const sessionId of [admission.voiceState.session_id, session_id]) {
        const stale = await open(server);
        stale.socket.send(identify({ guildId: GUILD, userId: ALICE, sessionId, token: admission.voiceServer.token }, 0));
        expect([4004, 4006]).toContain(await stale.closed);
      }
      const both = dispatches(gateway, 2);
      gateway.next(voiceStateCommand(GUILD, CHANNEL, false, false));
      const anew = admissionOf(await both);
      expect(anew.voiceState.session_id).toBe(session_id);
      expect(anew.voiceServer.token).not.toBe(admission.voiceServer.token);
      keep(await RawVoiceClient.join(server.endpoint, anew));
      // Asked once more, the gateway has nothing new to say about the server.
      const again = dispatches(gateway, 1);
      gateway.next(voiceStateCommand(GUILD, CHANNEL, true, false));
      expect((await again)[0]!.t).toBe(EVENTS[0]);
      expect(seen.filter(({ t }) => t === EVENTS[1]).length).toBe(1);
    });
  }

  it('makes a token worthless that nobody has used yet', async () => {
    const server = await serve();
    const gateway = server.gateway(ALICE);
    const both = dispatches(gateway, 2);
    gateway.next(voiceStateCommand(GUILD, CHANNEL, false, false));
    const { token } = admissionOf(await both).voiceServer;
    const ready = dispatches(gateway, 1);
    server.faults.reidentifyGateway(ALICE);
    const { session_id: sessionId } = (await ready)[0]!.d as { session_id: string };
    const client = await open(server);
    client.socket.send(identify({ guildId: GUILD, userId: ALICE, sessionId, token }, 0));
    expect(await client.closed).toBe(4004);
  });

  it('leaves the guilds of other shards alone, and nobody else hears READY', async () => {
    const server = await serve();
    const { client } = await joinByGateway(server);
    const heard: unknown[] = [];
    server.gateway(BOB).subscribe(({ t }) => heard.push(t));
    const ready = dispatches(server.gateway(ALICE), 1);
    server.faults.reidentifyGateway(ALICE, { shard: [1, 2] });
    expect((await ready)[0]).toMatchObject({ t: 'READY', d: { shard: [1, 2] } });
    await client.settle();
    expect(heard).toEqual([]);
  });
});

describe('a session id that changes', () => {
  it('brings both events, and ends the session before', async () => {
    const server = await serve();
    const { client, admission } = await joinByGateway(server);
    const both = dispatches(server.gateway(ALICE), 2);
    server.faults.renewSession(ALICE);
    const events = await both;
    expect(events.map(({ t }) => t)).toEqual(EVENTS);
    const anew = admissionOf(events);
    expect(anew.voiceState.session_id).not.toBe(admission.voiceState.session_id);
    expect(await client.closed).toBe(4006);
    keep(await RawVoiceClient.join(server.endpoint, anew));
  });
});

describe('a change of region', () => {
  it('names another endpoint with another UDP port, then the first again', async () => {
    const server = await serve();
    const { client: first, admission } = await joinByGateway(server);
    const named = dispatches(server.gateway(ALICE), 1);
    const endpoint = await server.faults.changeRegion(GUILD);
    expect(endpoint).not.toBe(server.endpoint);
    const { d } = (await named)[0]!;
    expect(d).toMatchObject({ endpoint, guild_id: GUILD });
    expect(await first.closed).toBe(4014);
    const credentials = { ...credentialsOf(admission), token: (d as VoiceServerEvent).token };

    const lost = await open(server);
    lost.socket.send(identify(credentials, 0));
    expect(await lost.closed).toBe(4011);

    const second = keep(await RawVoiceClient.open(endpoint));
    await second.identify(credentials);
    expect(second.ready!.port).not.toBe(first.ready!.port);
    await second.bind();
    // The UDP port of the former region does not know this session.
    const { port } = second.ready!;
    second.ready = { ...second.ready!, port: first.ready!.port };
    const foreign = nextEvent(server, 'bad-datagram');
    second.sendDatagram(encodeDiscoveryRequest(second.ssrc));
    expect(await foreign).toMatchObject({ reason: 'foreign-address' });
    second.ready = { ...second.ready, port };
    await second.select('aead_aes256_gcm_rtpsize', await second.discover());

    expect(await server.faults.changeRegion(GUILD, { code: 4022 })).toBe(server.endpoint);
    expect(await second.closed).toBe(4022);
  });

  it('may leave the sessions alone, which go on and cannot be resumed', async () => {
    const server = await serve();
    const { client, admission } = await joinByGateway(server);
    const named = dispatches(server.gateway(ALICE), 1);
    await server.faults.changeRegion(GUILD, { code: null });
    await named;
    await client.settle();
    await client.discover();
    client.leave();
    const { guild_id, session_id } = admission.voiceState;
    const back = await open(server);
    back.send(VoiceOp.Resume, { server_id: guild_id, session_id, token: admission.voiceServer.token, seq_ack: -1 });
    expect(await back.closed).toBe(4006);
  });

  it('is of one guild', async () => {
    const server = await serve();
    await server.faults.changeRegion(GUILD);
    const [here, there] = [GUILD, '7'].map((guildId) => server.admit({ guildId, channelId: CHANNEL, userId: ALICE }));
    expect(here!.voiceServer.endpoint).not.toBe(server.endpoint);
    expect(there!.voiceServer.endpoint).toBe(server.endpoint);
  });

  it('does not bring a session along: it is where it began', async () => {
    const server = await serve();
    const { client, admission } = await joinByGateway(server);
    const away = await server.faults.changeRegion('7');
    const other = server.admit({ guildId: '7', channelId: '8', userId: BOB });
    const neighbour = keep(await RawVoiceClient.join(away, other));
    // The UDP port of the other region does not accept this session's audio.
    const foreign = nextEvent(server, 'bad-datagram');
    client.udp!.send(client.audio({ sequence: 1, payload: Uint8Array.of(1) }), neighbour.ready!.port, '127.0.0.1');
    expect(await foreign).toMatchObject({ reason: 'foreign-address', userId: ALICE });
    client.leave();
    const { guildId, sessionId, token } = credentialsOf(admission);
    const resume = { server_id: guildId, session_id: sessionId, token, seq_ack: -1 };
    const lost = keep(await RawVoiceClient.open(away));
    lost.send(VoiceOp.Resume, resume);
    expect(await lost.closed).toBe(4006);
    const back = await open(server);
    back.send(VoiceOp.Resume, resume);
    await back.next(VoiceOp.Resumed);
  });
});

describe('a channel that lets nobody in', () => {
  it('is full: op 4 is answered by nothing, and who is elsewhere stays', async () => {
    const server = await serve();
    const { client } = await joinByGateway(server);
    const gateway = server.gateway(ALICE);
    server.faults.fullChannel(OTHER_CHANNEL, true);
    const seen: unknown[] = [];
    gateway.subscribe(({ t }) => seen.push(t));
    const unanswered = nextEvent(server, 'unanswered');
    gateway.next(voiceStateCommand(GUILD, OTHER_CHANNEL, false, false));
    expect(await unanswered).toMatchObject({ userId: ALICE, channelId: OTHER_CHANNEL });
    await client.settle();
    expect(seen).toEqual([]);
    server.faults.fullChannel(OTHER_CHANNEL, false);
    const moved = dispatches(gateway, 2);
    gateway.next(voiceStateCommand(GUILD, OTHER_CHANNEL, false, false));
    expect(admissionOf(await moved).voiceState.channel_id).toBe(OTHER_CHANNEL);
    expect(await client.closed).toBe(4014);
  });

  it('is full, but says so to nobody who is in it', async () => {
    const server = await serve();
    await joinByGateway(server);
    server.faults.fullChannel(CHANNEL, true);
    const state = dispatches(server.gateway(ALICE), 1);
    server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, true, false));
    expect((await state)[0]!.d).toMatchObject({ self_mute: true, channel_id: CHANNEL });
  });

  it('is deleted: everybody is out, and stays out', async () => {
    const server = await serve();
    const [alice, bob] = [await joinByGateway(server, ALICE), await joinByGateway(server, BOB)];
    const events = dispatches(server.gateway(ALICE), 3);
    server.faults.deleteChannel(GUILD, CHANNEL);
    const [deleted, ...states] = await events;
    expect(deleted).toMatchObject({ t: 'CHANNEL_DELETE', d: { id: CHANNEL, guild_id: GUILD } });
    expect(states.map(({ d }) => d)).toMatchObject([ALICE, BOB].map((user_id) => ({ user_id, channel_id: null })));
    expect(await Promise.all([alice.client.closed, bob.client.closed])).toEqual([4022, 4022]);
    const unanswered = nextEvent(server, 'unanswered');
    server.gateway(ALICE).next(voiceStateCommand(GUILD, CHANNEL, false, false));
    await unanswered;
  });
});

describe('the echo of a leave', () => {
  it('comes after the join that followed, when it is late', async () => {
    const server = await serve();
    await joinByGateway(server);
    const gateway = server.gateway(ALICE);
    server.faults.withholdEvent('leave', true);
    const both = dispatches(gateway, 2);
    gateway.next(voiceStateCommand(GUILD, null, false, false));
    gateway.next(voiceStateCommand(GUILD, CHANNEL, false, false));
    const anew = admissionOf(await both);
    const echo = firstValueFrom(gateway);
    server.faults.withholdEvent('leave', false);
    const { session_id, channel_id } = (await echo).d as VoiceStateEvent;
    expect(channel_id).toBe(null);
    expect(session_id).not.toBe(anew.voiceState.session_id);
  });

  it('is held with all other states too', async () => {
    const server = await serve();
    await joinByGateway(server);
    const gateway = server.gateway(ALICE);
    const seen: unknown[] = [];
    gateway.subscribe(({ d }) => seen.push((d as VoiceStateEvent).channel_id));
    server.faults.withholdEvent('state', true);
    const left = nextEvent(server, 'left');
    gateway.next(voiceStateCommand(GUILD, null, false, false));
    await left;
    await (await joinByOther(server)).settle();
    expect(seen).toEqual([]);
    server.faults.withholdEvent('state', false);
    expect(seen).toContain(null);
  });

  it('comes out of nowhere, with a session id that is no more', async () => {
    const server = await serve();
    const { client, admission } = await joinByGateway(server);
    server.faults.renewSession(ALICE);
    await client.closed;
    const echo = firstValueFrom(server.gateway(ALICE).pipe(filter(({ t }) => t === EVENTS[0])));
    server.faults.staleLeave(ALICE);
    expect((await echo).d).toMatchObject({ channel_id: null, user_id: ALICE, session_id: admission.voiceState.session_id });
    const made = firstValueFrom(server.gateway(ALICE));
    server.faults.staleLeave(BOB, GUILD);
    expect((await made).d).toMatchObject({ channel_id: null, user_id: BOB, guild_id: GUILD });
  });
});

async function joinByOther(server: LoopbackVoiceServer): Promise<RawVoiceClient> {
  const admission = server.admit({ guildId: GUILD, channelId: CHANNEL, userId: BOB });
  return keep(await RawVoiceClient.join(server.endpoint, admission));
}
