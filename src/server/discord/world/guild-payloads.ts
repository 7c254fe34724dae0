/** Payloads of guilds and their content. Source: Discord docs, Guild, Channel, Role, Stage Instance. */
import { createdAt } from '../plain/snowflakes.js';
import type { ChannelRecord, GuildRecord, MemberRecord, RoleRecord, StageRecord, UserRecord } from './records.js';

/** A user, as visible to everybody. */
export function userPayload({ id, username, globalName, bot }: UserRecord) {
  const looks = { avatar: null, banner: null, accent_color: null, avatar_decoration_data: null, public_flags: 0 };
  return { id, username, discriminator: '0' as const, global_name: globalName, bot, ...looks };
}

/** A member, with its user. */
export function memberPayload({ user, nick, roles, joinedAt, mute, deaf }: MemberRecord) {
  return {
    user: userPayload(user), nick, roles: [...roles], joined_at: joinedAt, mute, deaf,
    avatar: null, banner: null, premium_since: null, pending: false, communication_disabled_until: null, flags: 0,
  }; // prettier-ignore
}

/** A role. */
export function rolePayload({ id, name, permissions, position, managed }: RoleRecord): object {
  const looks = {
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: 0,
  };
  return { id, name, permissions: String(permissions), position, managed, ...looks };
}

/** A channel. */
export function channelPayload(channel: ChannelRecord): object {
  const { id, guildId, type, name, position, parentId, topic, bitrate, userLimit, rtcRegion, lastMessageId, recipient } = channel;
  if (recipient !== undefined) return { id, type, last_message_id: lastMessageId, recipients: [userPayload(recipient)], flags: 0 };
  const overwrites = channel.overwrites.map(({ allow, deny, ...whose }) => ({ ...whose, allow: String(allow), deny: String(deny) }));
  const both = {
    id,
    guild_id: guildId,
    type,
    name,
    position,
    parent_id: parentId,
    permission_overwrites: overwrites,
    nsfw: false,
    flags: 0,
  };
  const text = { topic, last_message_id: lastMessageId, rate_limit_per_user: 0 };
  if (bitrate === 0) return { ...both, ...text };
  return { ...both, ...text, bitrate, user_limit: userLimit, rtc_region: rtcRegion, video_quality_mode: 1 };
}

/** An open stage. */
export function stagePayload({ id, guildId, channelId, topic }: StageRecord): object {
  return {
    id,
    guild_id: guildId,
    channel_id: channelId,
    topic,
    privacy_level: 2,
    discoverable_disabled: true,
    guild_scheduled_event_id: null,
  };
}

/** A guild, as in REST. */
export function guildPayload({ id, name, ownerId, roles }: GuildRecord): object {
  return {
    id, name, owner_id: ownerId, roles: [...roles.values()].map(rolePayload), emojis: [], stickers: [], features: [],
    icon: null, icon_hash: null, splash: null, discovery_splash: null, banner: null, description: null, vanity_url_code: null,
    region: 'loopback', afk_channel_id: null, afk_timeout: 300, system_channel_id: null, system_channel_flags: 0,
    rules_channel_id: null, public_updates_channel_id: null, safety_alerts_channel_id: null, application_id: null,
    verification_level: 0, default_message_notifications: 1, explicit_content_filter: 0, mfa_level: 0, nsfw_level: 0, nsfw: false,
    premium_tier: 0, premium_subscription_count: 0, premium_progress_bar_enabled: false, preferred_locale: 'en-US',
    max_members: 500_000, max_presences: null, max_video_channel_users: 25, max_stage_video_channel_users: 50,
    widget_enabled: false, widget_channel_id: null, hub_type: null, incidents_data: null,
  }; // prettier-ignore
}

/** The payload of GUILD_CREATE: the whole guild, with the members that the shard may see. */
export function guildCreatePayload(guild: GuildRecord, members: readonly MemberRecord[]): object {
  return {
    ...guildPayload(guild),
    joined_at: guild.joinedAt,
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [...guild.voiceStates.values()].map(({ guild_id: _, member: __, ...state }) => state),
    members: members.map(memberPayload),
    channels: [...guild.channels.values()].map(channelPayload),
    stage_instances: [...guild.stages.values()].map(stagePayload),
    threads: [],
    presences: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

/** An application, with the bot's id. */
export function applicationPayload(bot: UserRecord, owner: UserRecord, flags: number): object {
  return {
    id: bot.id, name: bot.username, icon: null, description: '', summary: '', type: null, bot: userPayload(bot), owner: userPayload(owner),
    bot_public: true, bot_require_code_grant: false, verify_key: '0'.repeat(64), team: null, flags, hook: true,
    redirect_uris: [], interactions_endpoint_url: null, role_connections_verification_url: null, tags: [],
    approximate_guild_count: 0, approximate_user_install_count: 0, integration_types_config: { 0: {} }, event_webhooks_status: 1,
    created_at: createdAt(bot.id),
  }; // prettier-ignore
}
