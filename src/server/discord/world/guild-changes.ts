/** Changes to guilds, channels, roles and members. Each function makes one change and dispatches its event. */
import { CHANNEL_TYPES, isVoiceType } from '../plain/channel-types.js';
import { EVERYONE_MAY, permissionBits } from '../plain/permissions.js';
import { createdAt } from '../plain/snowflakes.js';
import type { Snowflake } from '../../../types.js';
import { channelPayload, guildCreatePayload, memberPayload, rolePayload, stagePayload } from './guild-payloads.js';
import type { ChannelRecord, GuildRecord, MemberRecord, RoleRecord, StageRecord, UserRecord } from './records.js';
import type { World } from './world.js';

/** Bits per second of a new voice channel. */
const BITRATE = 64_000;

/** The fields of a new channel; missing ones have defaults. */
export type ChannelWishes = Partial<Omit<ChannelRecord, 'id' | 'guildId' | 'position' | 'lastMessageId'>>;

/** Adds a guild for the bot. At first it has only the role of everyone. {@link guildCreated} dispatches it. */
export function addGuild(world: World, id: Snowflake, name: string, owner: UserRecord): GuildRecord {
  const joinedAt = createdAt(world.ids.next());
  const guild: GuildRecord = {
    id, name, ownerId: owner.id, joinedAt, unavailable: false,
    roles: new Map(), channels: new Map(), members: new Map(), voiceStates: new Map(), stages: new Map(),
  }; // prettier-ignore
  guild.roles.set(id, { id, name: '@everyone', permissions: permissionBits(EVERYONE_MAY), position: 0, managed: false });
  world.guilds.set(id, guild);
  return guild;
}

/** Dispatches GUILD_CREATE. Shards that may not see all members get fewer: see the gateway. */
export function guildCreated(world: World, guild: GuildRecord): void {
  world.tell('GUILD_CREATE', guild.id, guildCreatePayload(guild, [...guild.members.values()]));
}

/** A new role. */
export function addRole(
  world: World,
  guild: GuildRecord,
  wishes: Pick<RoleRecord, 'name' | 'permissions'> & { readonly managed?: boolean },
): RoleRecord {
  const role: RoleRecord = { managed: false, ...wishes, id: world.ids.next(), position: guild.roles.size };
  guild.roles.set(role.id, role);
  world.tell('GUILD_ROLE_CREATE', guild.id, { guild_id: guild.id, role: rolePayload(role) });
  return role;
}

/** Changes a role. */
export function editRole(
  world: World,
  guild: GuildRecord,
  role: RoleRecord,
  change: Partial<Pick<RoleRecord, 'name' | 'permissions'>>,
): void {
  Object.assign(role, change);
  world.tell('GUILD_ROLE_UPDATE', guild.id, { guild_id: guild.id, role: rolePayload(role) });
}

/** A new channel. */
export function addChannel(
  world: World,
  guild: GuildRecord,
  { type = CHANNEL_TYPES.text, ...wishes }: ChannelWishes,
  id: Snowflake = world.ids.next(),
): ChannelRecord {
  const channel: ChannelRecord = {
    id, guildId: guild.id, type, position: guild.channels.size, name: `channel-${guild.channels.size + 1}`, parentId: null, topic: null,
    bitrate: isVoiceType(type) ? BITRATE : 0, userLimit: 0, rtcRegion: null, overwrites: [], lastMessageId: null, ...wishes,
  }; // prettier-ignore
  guild.channels.set(id, channel);
  world.tell('CHANNEL_CREATE', guild.id, channelPayload(channel));
  return channel;
}

/** Changes a channel. */
export function editChannel(world: World, channel: ChannelRecord, change: ChannelWishes): void {
  Object.assign(channel, change);
  world.tell('CHANNEL_UPDATE', channel.guildId, channelPayload(channel));
}

/** Removes a channel. The voice server removes the users in its voice. */
export function removeChannel(world: World, guild: GuildRecord, channel: ChannelRecord): void {
  guild.channels.delete(channel.id);
  guild.stages.delete(channel.id);
  world.tell('CHANNEL_DELETE', guild.id, channelPayload(channel));
}

/** Removes a guild, or makes it unavailable. */
export function removeGuild(world: World, guild: GuildRecord, unavailable: boolean): void {
  if (unavailable) guild.unavailable = true;
  else world.guilds.delete(guild.id);
  world.tell('GUILD_DELETE', guild.id, unavailable ? { id: guild.id, unavailable } : { id: guild.id });
}

/** Adds a member to a guild. */
export function addMember(world: World, guild: GuildRecord, user: UserRecord, roles: readonly Snowflake[] = []): MemberRecord {
  world.users.set(user.id, user);
  const joinedAt = createdAt(world.ids.next());
  const member: MemberRecord = { user, guildId: guild.id, nick: null, roles: [...roles], joinedAt, mute: false, deaf: false };
  guild.members.set(user.id, member);
  world.tell('GUILD_MEMBER_ADD', guild.id, { guild_id: guild.id, ...memberPayload(member) });
  return member;
}

/** Changes the roles or the name of a member, or its mute or deafen by a moderator. */
export function editMember(
  world: World,
  member: MemberRecord,
  change: Partial<Pick<MemberRecord, 'nick' | 'roles' | 'mute' | 'deaf'>>,
): void {
  Object.assign(member, change);
  world.tell('GUILD_MEMBER_UPDATE', member.guildId, { guild_id: member.guildId, ...memberPayload(member) });
}

/** Removes a member from a guild. */
export function removeMember(world: World, guild: GuildRecord, member: MemberRecord): void {
  guild.members.delete(member.user.id);
  world.tell('GUILD_MEMBER_REMOVE', guild.id, { guild_id: guild.id, user: memberPayload(member).user });
}

/** Opens a stage. */
export function openStage(world: World, channel: ChannelRecord, topic: string): StageRecord {
  const guild = world.guild(channel.guildId!);
  const stage: StageRecord = { id: world.ids.next(), guildId: guild.id, channelId: channel.id, topic };
  guild.stages.set(channel.id, stage);
  world.tell('STAGE_INSTANCE_CREATE', guild.id, stagePayload(stage));
  return stage;
}

/** Changes the topic of a stage, or closes the stage if the topic is null. */
export function editStage(world: World, stage: StageRecord, topic: string | null): void {
  if (topic === null) world.guild(stage.guildId).stages.delete(stage.channelId);
  else stage.topic = topic;
  world.tell(topic === null ? 'STAGE_INSTANCE_DELETE' : 'STAGE_INSTANCE_UPDATE', stage.guildId, stagePayload(stage));
}
