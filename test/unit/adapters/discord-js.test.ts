import { describe, expect, it } from 'vitest';
import { fromDiscordJs } from '../../../src/adapters/index.js';
import type { GatewayPayload } from '../../../src/gateway/port.js';
import { voiceStateCommand } from '../../../src/protocol/commands.js';
import { FakeDiscordJsClient, type Sent } from './fake-clients.js';

describe('fromDiscordJs', () => {
  it('hands on the payload alone, READY among them, while it is subscribed', () => {
    const client = new FakeDiscordJsClient({ 10: 0 });
    const got: unknown[][] = [];
    const subscription = fromDiscordJs(client).subscribe((...args: GatewayPayload[]) => got.push(args));
    const packets = [{ op: 0, t: 'READY', d: { shard: [3, 4] } }, { op: 0, t: 'VOICE_SERVER_UPDATE', d: { guild_id: '10' } }];
    for (const packet of packets) client.receive(3, packet);
    subscription.unsubscribe();
    client.receive(3, packets[0]!);
    expect(got).toEqual(packets.map((packet) => [packet]));
  });

  it('has one listener for a hundred sessions, and none without', () => {
    const client = new FakeDiscordJsClient({ 10: 0 });
    const port = fromDiscordJs(client);
    const subscriptions = Array.from({ length: 100 }, () => port.subscribe());
    expect(client.listenerCount('raw')).toBe(1);
    for (const subscription of subscriptions) subscription.unsubscribe();
    expect(client.listenerCount('raw')).toBe(0);
  });

  it("sends the whole command on its guild's shard, and throws for a guild it is not in", () => {
    const client = new FakeDiscordJsClient({ 10: 0, 11: 1 });
    const sent: Sent[] = [];
    client.sent$.subscribe((one) => sent.push(one));
    const command = voiceStateCommand('11', '20', true, false);
    fromDiscordJs(client).next(command);
    expect(sent).toEqual([{ shard: 1, command }]);
    expect(() => fromDiscordJs(client).next(voiceStateCommand('12', '20', false, false))).toThrow('in no guild 12');
  });
});
