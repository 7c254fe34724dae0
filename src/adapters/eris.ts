import type { GatewayPayload, GatewayPort } from '../gateway/port.js';
import type { VoiceStateCommand } from '../protocol/commands.js';
import { shardMapPort, type ShardMap } from './shard-map.js';

/** What is needed of an Eris `Client`, 0.16 to 0.18. */
export interface ErisClient extends ShardMap<ErisShard> {
  on(event: 'rawWS', listener: (packet: GatewayPayload, shardId: number) => void): unknown;
  off(event: 'rawWS', listener: (packet: GatewayPayload, shardId: number) => void): unknown;
}

/** What is needed of an Eris `Shard`. */
export interface ErisShard {
  /** `ready` from READY on; `disconnected`, `connecting`, `handshaking`, `identifying` or `resuming` before. */
  readonly status: string;
  sendWS(op: number, data: VoiceStateCommand['d']): void;
}

/**
 * The gateway port of an Eris client, for all its guilds: each command goes out on the shard of its guild. The client needs the
 * `guildVoiceStates` intent, and no other option: Eris emits `rawWS` before it looks at its own (`disableEvents` among them), for
 * whoever listens.
 *
 * Eris' own voice stays out of the way in a guild where its `joinVoiceChannel` was not called: it sees the events, and ignores them.
 * Where it was, both would identify with the same voice session, and throw each other out; for the same reason leave
 * `seedVoiceConnections` off, as it is by default.
 *
 * A command throws a VoiceGatewayError when the client knows no shard of its guild, or when that shard is not connected.
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
