import type { GatewayPayload, GatewayPort } from '../gateway/port.js';
import type { VoiceStateCommand } from '../protocol/commands.js';
import { shardMapPort, type ShardMap } from './shard-map.js';

/** The part of an Eris `Client`, 0.16 to 0.18, that is used here. */
export interface ErisClient extends ShardMap<ErisShard> {
  on(event: 'rawWS', listener: (packet: GatewayPayload, shardId: number) => void): unknown;
  off(event: 'rawWS', listener: (packet: GatewayPayload, shardId: number) => void): unknown;
}

/** The part of an Eris `Shard` that is used here. */
export interface ErisShard {
  /** `ready` from READY on; `disconnected`, `connecting`, `handshaking`, `identifying` or `resuming` before. */
  readonly status: string;
  sendWS(op: number, data: VoiceStateCommand['d']): void;
}

/**
 * The gateway port of an Eris client, for all its guilds: each command is sent on the shard of its guild. The client needs the `guildVoiceStates`
 * intent, and no other option: Eris emits `rawWS` to every listener before it applies its own options (such as `disableEvents`).
 *
 * Eris' own voice does not interfere in a guild where its `joinVoiceChannel` was not called: it sees the events, and ignores them. Where it was
 * called, both would identify with the same voice session, and disconnect each other; for the same reason leave `seedVoiceConnections` off, which is
 * its default.
 *
 * A command throws a VoiceGatewayError if the client knows no shard for its guild, or that shard is not connected.
 *
 * ```ts
 * const gateway$ = fromEris(client);
 * connectVoice$(gateway$, { guildId, channelId, userId: client.user.id })
 * ```
 */
export function fromEris(client: ErisClient): GatewayPort {
  return shardMapPort(client, {
    listen: (listener) => void client.on('rawWS', listener),
    unlisten: (listener) => void client.off('rawWS', listener),
    send: (shard, { op, d }) => shard.sendWS(op, d),
  });
}
