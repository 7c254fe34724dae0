/** A name by which the next play of the same source is recognised, and which does not reveal the source. */
import { createHash } from 'node:crypto';
import type { FrameDescription } from '../../frames/description.js';
import type { Snowflake } from '../../types.js';

/** Length of the digest: 132 bits. */
const CHARACTERS = 22;

/**
 * A digest of the source, without its start position. A path or a URL may contain a password or a token, and says what somebody listens to, so it must not
 * be readable from the digest. Bot and guild are included, so that the digests do not show that two guilds hear the same.
 */
export function sourceName(bot: Snowflake, guildId: Snowflake, { input, from, options }: FrameDescription): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const told = JSON.stringify([bot, guildId, from, input, given.sort(([a], [b]) => (a < b ? -1 : 1))]);
  return createHash('sha256').update(told).digest('base64url').slice(0, CHARACTERS);
}
