import { fromEventPattern, share } from 'rxjs';
import { gatewayPortOf, type GatewayPayload, type GatewayPort } from '../gateway/port.js';

/** The part of a discord.js v14 `Client` that is used here. */
export interface DiscordJsClient {
  on(event: 'raw', listener: (payload: GatewayPayload) => void): unknown;
  off(event: 'raw', listener: (payload: GatewayPayload) => void): unknown;
  readonly guilds: {
    readonly cache: {
      get(guildId: string): { readonly shard: { send(payload: unknown): unknown } } | undefined;
    };
  };
}

/**
 * The gateway port of a discord.js client, for all its guilds: each command is sent on the shard of its guild. The client needs
 * the `GuildVoiceStates` intent. For a guild that the client does not know, the session errors with a VoiceGatewayError.
 *
 * ```ts
 * const gateway$ = fromDiscordJs(client);
 * connectVoice$(gateway$, { guildId, channelId, userId: client.user.id })
 * ```
 */
export function fromDiscordJs(client: DiscordJsClient): GatewayPort {
  const raw$ = fromEventPattern<GatewayPayload>(
    (listener) => client.on('raw', listener),
    (listener) => client.off('raw', listener),
    // The listener also gets the shard's number, which is not needed: READY names its shard, and other events name their guild.
    (payload: GatewayPayload) => payload,
  ).pipe(share()); // one listener for all sessions: Node warns of a leak from the eleventh listener on
  return gatewayPortOf(client, raw$, (command) => {
    const guild = client.guilds.cache.get(command.d.guild_id);
    if (guild === undefined) throw new Error(`the client is in no guild ${command.d.guild_id}`);
    guild.shard.send(command);
  });
}
