/** A simulated Discord: see docs/discord.md. */
export { startDiscord, type LoopbackDiscord } from './start.js';
export type { DiscordEvent, Shard } from './plain/events.js';
export type { DiscordOptions } from './plain/options.js';
export type { PrivilegedIntent } from './plain/intents.js';
export type { Permission } from './plain/permissions.js';
export type { ChannelKind } from './plain/channel-types.js';
export type { GatewayFaults } from './gateway/faults.js';
export type { RestFaults, RestRefusal } from './rest/faults.js';
export type { GuildOptions } from './verbs/build-guild.js';
export type {
  Channel,
  ChannelChange,
  ChannelOptions,
  Guild,
  GuildMember,
  Member,
  MemberOptions,
  Permitted,
  Role,
  Suggestion,
} from './verbs/handles.js';
export type { MessagePayload } from './world/message-payloads.js';
export { isMemberError, type MemberError, type MemberTrouble } from './plain/member-error.js';
