/** A pretended Discord: see docs/discord.md. */
export { startDiscord, type LoopbackDiscord } from './start.js';
export type { DiscordEvent, Shard } from './plain/events.js';
export type { DiscordOptions } from './plain/options.js';
export type { PrivilegedIntent } from './plain/intents.js';
export type { Permission } from './plain/permissions.js';
export type { ChannelKind } from './plain/channel-types.js';
export { CommandLineError } from './plain/command-line.js';
export type { GatewayFaults } from './gateway/faults.js';
export type { RestFaults, RestRefusal } from './rest/faults.js';
export { Channel, type ChannelChange, type Permitted } from './verbs/channel.js';
export { Guild, type ChannelOptions, type MemberOptions } from './verbs/guild.js';
export type { GuildOptions } from './verbs/build-guild.js';
export { GuildMember } from './verbs/guild-member.js';
export { Member, type Suggestion } from './verbs/member.js';
export { Role } from './verbs/role.js';
export { NoAnswerError } from './world/interactions.js';
export type { MessagePayload } from './world/message-payloads.js';
