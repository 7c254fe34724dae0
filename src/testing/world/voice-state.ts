/** Voice states, as the bot gateway sends them. */
import type { Snowflake } from '../../types.js';

/** Ids for tests. */
export const VIRTUAL_IDS = { guildId: '10', channelId: '20', userId: '30' } as const;

/** The `d` of a VOICE_STATE_UPDATE, of the user of {@link VIRTUAL_IDS} unless another is given. */
export function voiceState(
  guildId: Snowflake,
  channelId: Snowflake | null,
  sessionId = 'session',
  userId: Snowflake = VIRTUAL_IDS.userId,
): Readonly<Record<string, unknown>> {
  return { guild_id: guildId, channel_id: channelId, user_id: userId, session_id: sessionId };
}
