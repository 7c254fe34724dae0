import fc from 'fast-check';
import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromDroff } from '../../../src/adapters/index.js';
import { VoiceGatewayError } from '../../../src/errors.js';
import type { GatewayPayload, GatewayPort } from '../../../src/gateway/port.js';
import { voiceStateCommand } from '../../../src/protocol/commands.js';
import { FakeDroffClient, type Sent } from './fake-clients.js';

const JOIN = voiceStateCommand('10', '20', false, true);
const HELLO: GatewayPayload = { op: 10, d: { heartbeat_interval: 41_250 } };

function setUp(count: number, started = true): { client: FakeDroffClient; sent: Sent[]; port: GatewayPort } {
  const client = new FakeDroffClient(count, started);
  const sent: Sent[] = [];
  client.sent$.subscribe((one) => sent.push(one));
  return { client, sent, port: fromDroff(client) };
}

function failure(port: GatewayPort): unknown {
  try {
    port.next(JOIN);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('fromDroff', () => {
  it('hands on what comes on any shard, as it comes', () => {
    const { client, port } = setUp(2);
    const got: GatewayPayload[] = [];
    const subscription = port.subscribe((payload) => got.push(payload));
    const packets = [HELLO, { op: 0, t: 'READY', d: { shard: [1, 2] } }, { op: 0, t: 'VOICE_SERVER_UPDATE', d: {} }];
    packets.forEach((packet, i) => client.receive(i % 2, packet));
    expect(got).toEqual(packets);
    subscription.unsubscribe();
  });

  it('shares one subscription to the client between its sessions, and drops it with the last', () => {
    const { client, port } = setUp(2);
    const a = port.subscribe();
    const b = port.subscribe();
    a.unsubscribe();
    expect(client.shards.map(({ raw$ }) => raw$.observed)).toEqual([true, true]);
    b.unsubscribe();
    expect(client.shards.map(({ raw$ }) => raw$.observed)).toEqual([false, false]);
    expect(client.life).toEqual(['connect', 'close']);
  });

  it('closes no gateway that the bot itself is subscribed to', () => {
    const { client, port } = setUp(1);
    client.gateway.shards$.subscribe();
    port.subscribe().unsubscribe();
    expect(client.life).toEqual(['connect']);
  });

  it('sends on the shard that Discord computes for the guild', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (count, guild) => {
        const { sent, port } = setUp(count);
        const subscription = port.subscribe();
        port.next(voiceStateCommand(String(guild), '20', false, false));
        subscription.unsubscribe();
        expect(sent.map(({ shard }) => shard)).toEqual([Number((guild >> 22n) % BigInt(count))]);
      }),
    );
  });

  it('throws a VoiceGatewayError for a shard that is not there', () => {
    const { client, sent, port } = setUp(2, false);
    const subscription = port.subscribe();
    client.start(1);
    expect(failure(port)).toBeInstanceOf(VoiceGatewayError);
    expect(String(failure(port))).toContain('shard of guild 10 is not run by this client');
    expect(sent).toEqual([]);
    subscription.unsubscribe();
  });

  it('throws a VoiceGatewayError from the Hello of a connection to its READY or RESUMED', () => {
    const { client, sent, port } = setUp(1);
    const subscription = port.subscribe();
    for (const t of ['READY', 'RESUMED']) {
      client.receive(0, HELLO);
      expect(failure(port)).toBeInstanceOf(VoiceGatewayError);
      expect(String(failure(port))).toContain('shard 0, of guild 10, is not ready');
      client.receive(0, { op: 0, t, d: {} });
      expect(failure(port)).toBeUndefined();
    }
    expect(sent).toHaveLength(2);
    subscription.unsubscribe();
  });

  it('waits for the READY of a shard that starts while it looks on, and trusts one that was there before', () => {
    const { client, port } = setUp(1, false);
    client.gateway.shards$.subscribe();
    const early = port.subscribe();
    client.start(0);
    expect(failure(port)).toBeInstanceOf(VoiceGatewayError);
    early.unsubscribe();
    const late = port.subscribe();
    expect(failure(port)).toBeUndefined();
    late.unsubscribe();
  });

  it('knows no shards once nobody is subscribed: they may be gone, and would queue for ever', () => {
    const { client, sent, port } = setUp(1);
    port.subscribe().unsubscribe();
    expect(failure(port)).toBeInstanceOf(VoiceGatewayError);
    expect(sent).toEqual([]);
    expect(client.life).toEqual(['connect', 'close']);
  });

  it('sends from within the READY that it is told of', () => {
    const { client, sent, port } = setUp(1, false);
    const subscription = port.subscribe(({ t }) => {
      if (t === 'READY') port.next(JOIN);
    });
    client.start(0);
    client.receive(0, HELLO);
    client.receive(0, { op: 0, t: 'READY', d: { shard: [0, 1] } });
    expect(sent).toEqual([{ shard: 0, command: JOIN }]);
    subscription.unsubscribe();
  });

  it('errors with a VoiceGatewayError when the client is one of payloads$, without shards', () => {
    let error: unknown;
    fromDroff({ gateway: { shards$: EMPTY } }).subscribe({ error: (thrown: unknown) => (error = thrown) });
    expect(error).toBeInstanceOf(VoiceGatewayError);
    expect(String(error)).toContain('no shards');
  });
});
