/** What is played, recognised by who plays the same next, and told to nobody else. */
import { createHash } from 'node:crypto';
import type { FrameDescription } from '../../frames/description.js';
import type { Snowflake } from '../../types.js';

/** Of the digest: 132 bits. */
const CHARACTERS = 22;

/**
 * A digest of the source, wherever it is to begin. A path or a URL may have a password or a token in it, and says what somebody listens to: it is not to be
 * had from this. Of bot and guild, too, so that it does not show that two of them hear the same.
 */
export function sourceName(bot: Snowflake, guildId: Snowflake, { input, from, options }: FrameDescription): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const told = JSON.stringify([bot, guildId, from, input, given.sort(([a], [b]) => (a < b ? -1 : 1))]);
  return createHash('sha256').update(told).digest('base64url').slice(0, CHARACTERS);
}
