/** Who has which permissions, and the errors for those who lack them. */
import { ApiError } from '../plain/api-error.js';
import { basePermissions, channelPermissions, PERMISSIONS, type Permission, type PermissionHolder } from '../plain/permissions.js';
import type { Snowflake } from '../../../types.js';
import type { ChannelRecord, GuildRecord, MemberRecord } from './records.js';
import type { World } from './world.js';

/** The permissions of a member in a guild, or in one of its channels. */
export function permissionsOf(guild: GuildRecord, member: MemberRecord, channel?: ChannelRecord): bigint {
  const holder: PermissionHolder = {
    userId: member.user.id,
    owner: guild.ownerId === member.user.id,
    everyone: guild.roles.get(guild.id)!,
    roles: member.roles.map((id) => guild.roles.get(id)).filter((role) => role !== undefined),
  };
  return channel === undefined ? basePermissions(holder) : channelPermissions(holder, channel.overwrites);
}

/** Whether a member has all of the permissions. */
export function may(guild: GuildRecord, member: MemberRecord, permissions: readonly Permission[], channel?: ChannelRecord): boolean {
  const held = permissionsOf(guild, member, channel);
  return permissions.every((name) => (held & PERMISSIONS[name]) !== 0n);
}

/** Requires permissions of the bot. @throws ApiError `missing access` for a channel it cannot see, `missing permissions` otherwise */
export function demand(world: World, guildId: Snowflake, permissions: readonly Permission[], channel?: ChannelRecord): void {
  const guild = world.guild(guildId);
  const me = world.me(guildId);
  if (channel !== undefined && !may(guild, me, ['VIEW_CHANNEL'], channel)) throw new ApiError('missing access');
  if (!may(guild, me, permissions, channel)) throw new ApiError('missing permissions');
}

/** Why a member does not get into a voice channel; undefined if it does. In each of these cases Discord does not answer op 4. */
export function whyNot(guild: GuildRecord, member: MemberRecord, channel: ChannelRecord): string | undefined {
  if (!may(guild, member, ['VIEW_CHANNEL'], channel)) return 'may not VIEW_CHANNEL';
  if (!may(guild, member, ['CONNECT'], channel)) return 'may not CONNECT';
  const inside = [...guild.voiceStates.values()].filter((state) => state.channel_id === channel.id && state.user_id !== member.user.id);
  const full = channel.userLimit > 0 && inside.length >= channel.userLimit;
  return full && !may(guild, member, ['MOVE_MEMBERS'], channel) ? 'finds the channel full' : undefined;
}

/** The permissions of a user in a guild, as `users/@me/guilds` returns them. */
export function basePermissionsOf(guild: GuildRecord, userId: Snowflake): bigint {
  const member = guild.members.get(userId);
  return member === undefined ? 0n : permissionsOf(guild, member);
}
