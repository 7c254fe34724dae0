/** INTERACTION_CREATE. Source: Discord docs, Receiving and Responding, Interaction Object. */
import { OPTION, type GivenOption } from '../plain/command-line.js';
import { permissionsOf } from './access.js';
import { channelPayload, memberPayload, rolePayload, userPayload } from './guild-payloads.js';
import type { Interaction } from './interactions.js';
import type { CommandRecord, GuildRecord } from './records.js';
import { payloadOf } from './talk.js';
import type { World } from './world.js';

/** The payload for the bot. @param data the part that depends on the type */
export function interactionPayload(world: World, guild: GuildRecord, { id, token, subject }: Interaction, data: object): object {
  const { type, member, channel, message } = subject;
  return {
    id, token, type, version: 1, application_id: world.bot.id, data,
    guild_id: guild.id, guild: { id: guild.id, locale: 'en-US', features: [] }, guild_locale: 'en-US', locale: 'en-US',
    channel_id: channel.id, channel: channelPayload(channel),
    member: { ...memberPayload(member), permissions: String(permissionsOf(guild, member, channel)) },
    app_permissions: String(permissionsOf(guild, world.me(guild.id), channel)),
    entitlements: [], authorizing_integration_owners: { 0: guild.id }, context: 0, attachment_size_limit: 10_485_760,
    ...(message === undefined ? {} : { message: payloadOf(world, message) }),
  }; // prettier-ignore
}

/** `data` of a command: the given options, and the objects that their ids refer to. */
export function commandData(guild: GuildRecord, command: CommandRecord, options: readonly GivenOption[]): object {
  return {
    id: command.id,
    name: command.name,
    type: command.type,
    options,
    resolved: resolved(guild, options),
    ...(command.guildId === null ? {} : { guild_id: command.guildId }),
  };
}

function resolved(guild: GuildRecord, options: readonly GivenOption[]): object {
  const found: Record<'users' | 'members' | 'channels' | 'roles', Record<string, object>> = {
    users: {},
    members: {},
    channels: {},
    roles: {},
  };
  for (const { type, value } of leaves(options)) {
    const id = String(value);
    const member = guild.members.get(id);
    const [channel, role] = [guild.channels.get(id), guild.roles.get(id)];
    if ((type === OPTION.user || type === OPTION.mentionable) && member !== undefined) {
      found.users[id] = userPayload(member.user);
      found.members[id] = { ...memberPayload(member), user: undefined, permissions: String(permissionsOf(guild, member)) };
    }
    if (type === OPTION.channel && channel !== undefined) found.channels[id] = channelPayload(channel);
    if ((type === OPTION.role || type === OPTION.mentionable) && role !== undefined) found.roles[id] = rolePayload(role);
  }
  return Object.fromEntries(Object.entries(found).filter(([, objects]) => Object.keys(objects).length > 0));
}

function leaves(options: readonly GivenOption[]): readonly GivenOption[] {
  return options.flatMap((option) => (option.options === undefined ? [option] : leaves(option.options)));
}
