import type { GatewayPayload, GatewayPort } from '../gateway/port.js';
import type { VoiceStateCommand } from '../protocol/commands.js';
import { shardMapPort, type ShardMap } from './shard-map.js';

/** What is needed of an Oceanic.js `Client`, as of 1.10 and newer. */
export interface OceanicClient extends ShardMap<OceanicShard> {
  on(event: 'packet', listener: (packet: GatewayPayload, shardId: number) => void): unknown;
  off(event: 'packet', listener: (packet: GatewayPayload, shardId: number) => void): unknown;
}

/** What is needed of an Oceanic.js `Shard`. */
export interface OceanicShard {
  /** `ready` from READY on; `disconnected`, `connecting`, `handshaking` or `resuming` before. */
  readonly status: string;
  send(op: number, data: VoiceStateCommand['d']): void;
}

/**
 * The gateway port of an Oceanic.js client, for all its guilds: each command goes out on the shard of its guild. The client needs the
 * `GUILD_VOICE_STATES` intent, and no other option: Oceanic emits `packet` for every dispatch, before it works on it.
 *
 * Oceanic's own voice is `@discordjs/voice` behind `guild.voiceAdapterCreator`. It is told of the same events, and does nothing in a
 * guild where `joinVoiceChannel` was not called; where it was, both would identify with the same voice session, and throw each other
 * out. So leave `seedVoiceConnections` off, as it is by default. Prefer this port to `fromAdapterCreator` here: Oceanic destroys the
 * adapters of all guilds when any of its shards starts or gives up, and an adapter takes what a lost shard cannot send.
 *
 * A command throws a VoiceGatewayError when the client knows no shard of its guild, or when that shard is not connected.
 *
 * ```ts
 * const gateway$ = fromOceanic(client);
 * connectVoice$(gateway$, { guildId, channelId, userId: client.user.id })
 * ```
 */
export function fromOceanic(client: OceanicClient): GatewayPort {
  return shardMapPort(client, {
    listen: (listener) => void client.on('packet', listener),
    unlisten: (listener) => void client.off('packet', listener),
    send: (shard, { op, d }) => shard.send(op, d),
  });
}
