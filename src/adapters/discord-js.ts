import { fromEventPattern, share } from 'rxjs';
import { gatewayPortOf, type GatewayPayload, type GatewayPort } from '../gateway/port.js';

/** What is needed of a discord.js v14 `Client`. */
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
    // The shard's number comes along, and is not needed: READY says whose it is, and the others name their guild.
    (payload: GatewayPayload) => payload,
  ).pipe(share()); // one listener, however many sessions: Node warns of a leak from the eleventh on
  return gatewayPortOf(client, raw$, (command) => {
    const guild = client.guilds.cache.get(command.d.guild_id);
    if (guild === undefined) throw new Error(`the client is in no guild ${command.d.guild_id}`);
    guild.shard.send(command);
  });
}
