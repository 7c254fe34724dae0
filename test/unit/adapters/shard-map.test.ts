/** fromEris and fromOceanic: the same port, with a different event and a different method. */
import { describe, expect, it } from 'vitest';
import { fromEris, fromOceanic } from '../../../src/adapters/index.js';
import { VoiceGatewayError } from '../../../src/errors.js';
import type { GatewayPayload, GatewayPort } from '../../../src/gateway/port.js';
import { voiceStateCommand } from '../../../src/protocol/commands.js';
import { FakeShardMapClient, type Sent } from './fake-clients.js';

const JOIN = voiceStateCommand('10', '20', false, true);
const LIBRARIES: readonly [string, 'rawWS' | 'packet', (client: FakeShardMapClient) => GatewayPort][] = [
  ['fromEris', 'rawWS', fromEris],
  ['fromOceanic', 'packet', fromOceanic],
];

describe.each(LIBRARIES)('%s', (_, event, from) => {
  const setUp = (guilds: Record<string, number> = { 10: 0, 11: 1 }) => {
    const client = new FakeShardMapClient(event, guilds);
    const sent: Sent[] = [];
    client.sent$.subscribe((one) => sent.push(one));
    return { client, sent, port: from(client) };
  };

  it('hands on what comes on any shard, as it comes, while it is subscribed', () => {
    const { client, port } = setUp();
    const packet = { op: 0, t: 'VOICE_STATE_UPDATE', s: 4, d: { guild_id: '11' } };
    const got: GatewayPayload[] = [];
    client.receive(1, packet);
    const subscription = port.subscribe((payload) => got.push(payload));
    client.receive(1, packet);
    client.receive(0, { op: 0, t: 'READY', d: { shard: [0, 2] } });
    subscription.unsubscribe();
    client.receive(1, packet);
    expect(got).toEqual([packet, { op: 0, t: 'READY', d: { shard: [0, 2] } }]);
    expect(got[0]).toBe(packet);
  });

  it('has one listener for a hundred sessions, and none without', () => {
    const { client, port } = setUp();
    const count = (): number => client.listenerCount(event);
    expect(count()).toBe(0);
    for (let round = 0; round < 2; round += 1) {
      const subscriptions = Array.from({ length: 100 }, () => port.subscribe());
      expect(count()).toBe(1);
      for (const subscription of subscriptions) subscription.unsubscribe();
      expect(count()).toBe(0);
    }
    expect(client.eventNames()).toEqual([]);
  });

  it("sends on the shard of the command's guild", () => {
    const { sent, port } = setUp();
    const other = voiceStateCommand('11', null, false, false);
    port.next(JOIN);
    port.next(other);
    expect(sent).toEqual([{ shard: 0, command: JOIN }, { shard: 1, command: other }]);
  });

  it('takes a table that is a Map', () => {
    const { client, sent } = setUp();
    const table = new Map([['10', 1]]);
    const port = from(new Proxy(client, { get: (target, name) => (name === 'guildShardMap' ? table : Reflect.get(target, name)) as unknown }));
    port.next(JOIN);
    expect(sent).toEqual([{ shard: 1, command: JOIN }]);
    table.clear();
    expect(() => port.next(voiceStateCommand('11', '20', false, true))).toThrow(/no shard/);
  });

  const failure = (port: GatewayPort): unknown => {
    try {
      port.next(JOIN);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('throws a VoiceGatewayError for a guild that the client does not know', () => {
    const { sent, port } = setUp({ 11: 0 });
    expect(failure(port)).toBeInstanceOf(VoiceGatewayError);
    expect(String(failure(port))).toContain('no shard of the client has guild 10');
    expect(sent).toEqual([]);
  });

  it('throws a VoiceGatewayError for a shard that another process runs', () => {
    const { client, port } = setUp();
    client.shards.delete(0);
    expect(failure(port)).toBeInstanceOf(VoiceGatewayError);
    expect(String(failure(port))).toContain('shard 0, of guild 10, is not run by this client');
  });

  it.each(['disconnected', 'connecting', 'handshaking', 'identifying', 'resuming'])('throws a VoiceGatewayError while the shard is %s', (status) => {
    const { client, sent, port } = setUp();
    client.shards.get(0)!.status = status;
    expect(failure(port)).toBeInstanceOf(VoiceGatewayError);
    expect(String(failure(port))).toContain(`is not ready but ${status}`);
    expect(sent).toEqual([]);
  });

  it.each(['READY', 'RESUMED'])('sends on %s, which is told before the status changes; on that shard only', (t) => {
    const { client, sent, port } = setUp();
    for (const shard of client.shards.values()) shard.status = 'resuming';
    const failures: unknown[] = [];
    port.subscribe(() => failures.push(failure(port)));
    client.receive(1, { op: 0, t, d: {} });
    expect(sent).toEqual([]);
    client.receive(0, { op: 0, t: 'PRESENCE_UPDATE', d: {} });
    expect(sent).toEqual([]);
    client.receive(0, { op: 0, t, d: {} });
    expect(sent).toEqual([{ shard: 0, command: JOIN }]);
    expect(failures.map((error) => error instanceof VoiceGatewayError)).toEqual([true, true, false]);
  });

  it('forgets a READY once it is told', () => {
    const { client, sent, port } = setUp();
    const subscription = port.subscribe();
    client.receive(0, { op: 0, t: 'READY', d: {} });
    client.shards.get(0)!.status = 'disconnected';
    expect(failure(port)).toBeInstanceOf(VoiceGatewayError);
    expect(sent).toEqual([]);
    subscription.unsubscribe();
  });

  it('can still leave a guild that an outage took off the table', () => {
    const { client, sent, port } = setUp();
    const leave = voiceStateCommand('10', null, false, false);
    port.next(JOIN);
    client.receive(0, { op: 0, t: 'GUILD_DELETE', d: { id: '10', unavailable: true } });
    port.next(leave);
    expect(sent).toEqual([{ shard: 0, command: JOIN }, { shard: 0, command: leave }]);
  });
});
