/** A guild from data. */
import type { Snowflake } from '../../../types.js';
import type { ChannelKind } from '../plain/channel-types.js';
import type { Permission } from '../plain/permissions.js';
import { addGuild, guildCreated } from '../world/guild-changes.js';
import { GuildHandle } from './guild.js';
import type { ChannelOptions } from './handles.js';
import type { VerbParts } from './parts.js';

/** What a guild is made of. */
export interface GuildOptions {
  /** Default `guild`. */
  readonly name?: string;
  /** Default: a new one. */
  readonly id?: Snowflake;
  /** By name: a kind, or more. Default: a text channel `general`. */
  readonly channels?: Readonly<Record<string, Exclude<ChannelKind, 'dm'> | ChannelOptions>>;
  /** By name. Default: none but the bot and the owner. */
  readonly members?: readonly string[];
  /** What the bot was granted beyond what everybody may: MUTE_MEMBERS to speak on stages, say. Default: nothing. */
  readonly botMay?: readonly Permission[];
}

/** The bot comes into it: GUILD_CREATE. @throws RangeError for a permission that there is not, or an id that is taken */
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
