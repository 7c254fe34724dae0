import type { GatewayPayload, GatewayPort } from '../gateway/port.js';
import type { VoiceStateCommand } from '../protocol/commands.js';
import { shardMapPort, type ShardMap } from './shard-map.js';

/** The part of an Oceanic.js `Client`, 1.10 or newer, that is used here. */
export interface OceanicClient extends ShardMap<OceanicShard> {
  on(event: 'packet', listener: (packet: GatewayPayload, shardId: number) => void): unknown;
  off(event: 'packet', listener: (packet: GatewayPayload, shardId: number) => void): unknown;
}

/** The part of an Oceanic.js `Shard` that is used here. */
export interface OceanicShard {
  /** `ready` from READY on; `disconnected`, `connecting`, `handshaking` or `resuming` before. */
  readonly status: string;
  send(op: number, data: VoiceStateCommand['d']): void;
}

/**
 * The gateway port of an Oceanic.js client, for all its guilds: each command is sent on the shard of its guild. The client needs the
 * `GUILD_VOICE_STATES` intent, and no other option: Oceanic emits `packet` for every dispatch, before it processes it.
 *
 * Oceanic's own voice is `@discordjs/voice` behind `guild.voiceAdapterCreator`. It receives the same events, and does nothing in a guild where
 * `joinVoiceChannel` was not called; where it was called, both would identify with the same voice session, and disconnect each other. So leave
 * `seedVoiceConnections` off, which is its default. Prefer this port to `fromAdapterCreator` here: Oceanic destroys the adapters of all guilds when
 * any of its shards starts or gives up, and an adapter accepts commands that a lost shard cannot send.
 *
 * A command throws a VoiceGatewayError if the client knows no shard for its guild, or that shard is not connected.
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
