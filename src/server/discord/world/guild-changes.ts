/** What happens to guilds, channels, roles and members: each changed, and told of, at one place. */
import { CHANNEL_TYPES, isVoiceType } from '../plain/channel-types.js';
import { EVERYONE_MAY, permissionBits } from '../plain/permissions.js';
import { createdAt } from '../plain/snowflakes.js';
import type { Snowflake } from '../../../types.js';
import { channelPayload, guildCreatePayload, memberPayload, rolePayload, stagePayload } from './guild-payloads.js';
import type { ChannelRecord, GuildRecord, MemberRecord, RoleRecord, StageRecord, UserRecord } from './records.js';
import type { World } from './world.js';

/** Bits per second of a new voice channel. */
const BITRATE = 64_000;

/** What a new channel is to be; the rest has defaults. */
export type ChannelWishes = Partial<Omit<ChannelRecord, 'id' | 'guildId' | 'position' | 'lastMessageId'>>;

/** The bot has come into a guild, in which nothing is yet but the role of everyone. Told by {@link guildCreated}. */
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

/** Tells of a guild that the bot is in now. Shards that may not know of all members are told of fewer: see the gateway. */
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

/** A role may something else from now on. */
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

/** A channel is something else from now on. */
export function editChannel(world: World, channel: ChannelRecord, change: ChannelWishes): void {
  Object.assign(channel, change);
  world.tell('CHANNEL_UPDATE', channel.guildId, channelPayload(channel));
}

/** A channel is no more. Who is in its voice is the affair of the voice server. */
export function removeChannel(world: World, guild: GuildRecord, channel: ChannelRecord): void {
  guild.channels.delete(channel.id);
  guild.stages.delete(channel.id);
  world.tell('CHANNEL_DELETE', guild.id, channelPayload(channel));
}

/** A guild is no more, or Discord has lost it for a while. */
export function removeGuild(world: World, guild: GuildRecord, unavailable: boolean): void {
  if (unavailable) guild.unavailable = true;
  else world.guilds.delete(guild.id);
  world.tell('GUILD_DELETE', guild.id, unavailable ? { id: guild.id, unavailable } : { id: guild.id });
}

/** Somebody has come into a guild. */
export function addMember(world: World, guild: GuildRecord, user: UserRecord, roles: readonly Snowflake[] = []): MemberRecord {
  world.users.set(user.id, user);
  const joinedAt = createdAt(world.ids.next());
  const member: MemberRecord = { user, guildId: guild.id, nick: null, roles: [...roles], joinedAt, mute: false, deaf: false };
  guild.members.set(user.id, member);
  world.tell('GUILD_MEMBER_ADD', guild.id, { guild_id: guild.id, ...memberPayload(member) });
  return member;
}

/** Somebody has other roles, another name, or is muted or deafened by a moderator. */
export function editMember(
  world: World,
  member: MemberRecord,
  change: Partial<Pick<MemberRecord, 'nick' | 'roles' | 'mute' | 'deaf'>>,
): void {
  Object.assign(member, change);
  world.tell('GUILD_MEMBER_UPDATE', member.guildId, { guild_id: member.guildId, ...memberPayload(member) });
}

/** Somebody is in a guild no more. */
export function removeMember(world: World, guild: GuildRecord, member: MemberRecord): void {
  guild.members.delete(member.user.id);
  world.tell('GUILD_MEMBER_REMOVE', guild.id, { guild_id: guild.id, user: memberPayload(member).user });
}

/** A stage opens. */
export function openStage(world: World, channel: ChannelRecord, topic: string): StageRecord {
  const guild = world.guild(channel.guildId!);
  const stage: StageRecord = { id: world.ids.next(), guildId: guild.id, channelId: channel.id, topic };
  guild.stages.set(channel.id, stage);
  world.tell('STAGE_INSTANCE_CREATE', guild.id, stagePayload(stage));
  return stage;
}

/** A stage has another topic, or closes where there is none. */
export function editStage(world: World, stage: StageRecord, topic: string | null): void {
  if (topic === null) world.guild(stage.guildId).stages.delete(stage.channelId);
  else stage.topic = topic;
  world.tell(topic === null ? 'STAGE_INSTANCE_DELETE' : 'STAGE_INSTANCE_UPDATE', stage.guildId, stagePayload(stage));
}
