/** What each shard is sent, by its intents. */
import { INTENTS, isIntended } from '../plain/intents.js';
import { guildCreatePayload, userPayload } from '../world/guild-payloads.js';
import { withoutContent } from '../world/message-payloads.js';
import type { GuildRecord, MemberRecord } from '../world/records.js';
import type { Dispatch, World } from '../world/world.js';
import type { ShardSession } from './shard-session.js';

/** Application flags: the privileged intents, granted to an application in fewer than 100 guilds. */
const APPLICATION_FLAGS = { GUILD_PRESENCES: 1 << 13, GUILD_MEMBERS: 1 << 15, MESSAGE_CONTENT: 1 << 19 } as const;

/** `flags` of the application. */
export function applicationFlags(granted: readonly (keyof typeof APPLICATION_FLAGS)[]): number {
  return granted.reduce((flags, name) => flags | APPLICATION_FLAGS[name], 0);
}

/** READY, without the version. All guilds are unavailable at first. */
export function readyPayload(world: World, session: ShardSession, guilds: readonly GuildRecord[], url: string): object {
  return {
    user: { ...userPayload(world.bot), verified: true, mfa_enabled: false, email: null, flags: 0 },
    user_settings: {},
    guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
    private_channels: [],
    relationships: [],
    session_id: session.id,
    session_type: 'normal',
    resume_gateway_url: url,
    shard: session.shard,
    application: { id: world.bot.id, flags: 0 },
    geo_ordered_rtc_regions: ['loopback'],
    auth: {},
    _trace: [],
  };
}

/** GUILD_CREATE for a shard. Without the intent GUILD_MEMBERS it has only the bot itself, and the members in voice. */
export function guildFor(world: World, guild: GuildRecord, intents: number): object {
  const known = ({ user }: MemberRecord): boolean => user.id === world.bot.id || guild.voiceStates.has(user.id);
  const members = [...guild.members.values()];
  return guildCreatePayload(guild, (intents & INTENTS.GUILD_MEMBERS) === 0 ? members.filter(known) : members);
}

/** The payload for a shard with these intents; undefined if it gets none. */
export function tailored(world: World, { t, d, guildId, userId }: Dispatch, intents: number): object | undefined {
  const own = userId === world.bot.id;
  if (guildId === null) return (intents & INTENTS.DIRECT_MESSAGES) === 0 && t.startsWith('MESSAGE_') ? undefined : d;
  // The bot gets its own updates even without the intent.
  if (!isIntended(intents, t) && !(t === 'GUILD_MEMBER_UPDATE' && own)) return undefined;
  if (t === 'GUILD_CREATE') return guildFor(world, world.guild(guildId), intents);
  const content = own || (intents & INTENTS.MESSAGE_CONTENT) !== 0 || !/^MESSAGE_(CREATE|UPDATE)$/.test(t) || mentions(d, world.bot.id);
  return content ? d : withoutContent(d);
}

function mentions(message: object, userId: string): boolean {
  return 'content' in message && new RegExp(`<@!?${userId}>`).test(String(message.content));
}
