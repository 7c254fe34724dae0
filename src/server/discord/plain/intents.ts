/** Which events a shard gets with which intent. Source: Discord docs, Gateway, List of Intents. */

/** The intents of all events here, and the privileged ones. */
export const INTENTS = {
  GUILDS: 1 << 0,
  GUILD_MEMBERS: 1 << 1,
  GUILD_VOICE_STATES: 1 << 7,
  GUILD_PRESENCES: 1 << 8,
  GUILD_MESSAGES: 1 << 9,
  GUILD_MESSAGE_TYPING: 1 << 11,
  DIRECT_MESSAGES: 1 << 12,
  MESSAGE_CONTENT: 1 << 15,
} as const;

/** The intents that an application must be granted: an Identify with one that was not granted is closed with 4014. */
export type PrivilegedIntent = 'GUILD_MEMBERS' | 'GUILD_PRESENCES' | 'MESSAGE_CONTENT';

/** Every bit that Discord knows: 0 to 16, 20, 21, 24 and 25. Any other bit is refused with 4013. */
const KNOWN = 0x1ffff | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);

/** Events that require an intent. Every shard gets the others: READY, INTERACTION_CREATE, VOICE_SERVER_UPDATE … */
const EVENT_INTENTS: Readonly<Record<string, number>> = {
  GUILD_CREATE: INTENTS.GUILDS,
  GUILD_UPDATE: INTENTS.GUILDS,
  GUILD_DELETE: INTENTS.GUILDS,
  GUILD_ROLE_CREATE: INTENTS.GUILDS,
  GUILD_ROLE_UPDATE: INTENTS.GUILDS,
  GUILD_ROLE_DELETE: INTENTS.GUILDS,
  CHANNEL_CREATE: INTENTS.GUILDS,
  CHANNEL_UPDATE: INTENTS.GUILDS,
  CHANNEL_DELETE: INTENTS.GUILDS,
  STAGE_INSTANCE_CREATE: INTENTS.GUILDS,
  STAGE_INSTANCE_UPDATE: INTENTS.GUILDS,
  STAGE_INSTANCE_DELETE: INTENTS.GUILDS,
  VOICE_CHANNEL_STATUS_UPDATE: INTENTS.GUILDS,
  GUILD_MEMBER_ADD: INTENTS.GUILD_MEMBERS,
  GUILD_MEMBER_UPDATE: INTENTS.GUILD_MEMBERS,
  GUILD_MEMBER_REMOVE: INTENTS.GUILD_MEMBERS,
  VOICE_STATE_UPDATE: INTENTS.GUILD_VOICE_STATES,
  MESSAGE_CREATE: INTENTS.GUILD_MESSAGES,
  MESSAGE_UPDATE: INTENTS.GUILD_MESSAGES,
  MESSAGE_DELETE: INTENTS.GUILD_MESSAGES,
  TYPING_START: INTENTS.GUILD_MESSAGE_TYPING,
};

/** Whether the value is a number with known intent bits only. */
export function areIntents(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && ((value as number) & ~KNOWN) === 0 && (value as number) <= KNOWN;
}

/** Whether a shard with these intents gets an event. */
export function isIntended(intents: number, event: string): boolean {
  const needed = EVENT_INTENTS[event];
  return needed === undefined || (intents & needed) !== 0;
}
