/** Builds a guild from data. */
import type { Snowflake } from '../../../types.js';
import type { ChannelKind } from '../plain/channel-types.js';
import type { Permission } from '../plain/permissions.js';
import { addGuild, guildCreated } from '../world/guild-changes.js';
import { GuildHandle } from './guild.js';
import type { ChannelOptions } from './handles.js';
import type { VerbParts } from './parts.js';

/** The content of a new guild. */
export interface GuildOptions {
  /** Default `guild`. */
  readonly name?: string;
  /** Default: a new one. */
  readonly id?: Snowflake;
  /** Channels by name: a kind, or options. Default: a text channel `general`. */
  readonly channels?: Readonly<Record<string, Exclude<ChannelKind, 'dm'> | ChannelOptions>>;
  /** Members by name. Default: none but the bot and the owner. */
  readonly members?: readonly string[];
  /** Permissions of the bot beyond those of everyone, such as MUTE_MEMBERS to speak on stages. Default: none. */
  readonly botMay?: readonly Permission[];
}

/** Adds the bot to the guild: GUILD_CREATE. @throws RangeError for an unknown permission, or an id that is taken */
export function buildGuild(
  parts: VerbParts,
  { name = 'guild', id = parts.world.ids.next(), channels = { general: 'text' }, members = [], botMay = [] }: GuildOptions,
): GuildHandle {
  const { world } = parts;
  if (world.guilds.has(id)) throw new RangeError(`there is a guild ${id} already`);
  const guild = world.quietly(() => {
    const built = new GuildHandle(parts, addGuild(world, id, name, world.owner));
    built.botRole.grant(...botMay);
    for (const [channel, what] of Object.entries(channels)) built.addChannel(channel, typeof what === 'string' ? { kind: what } : what);
    for (const member of members) built.addMember(member);
    return built;
  });
  guildCreated(world, world.guild(id));
  return guild;
}
