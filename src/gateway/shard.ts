/** Which shard a guild belongs to. */
import type { Snowflake } from '../types.js';

/** Whether a READY comes from the shard that a guild belongs to. Source: Discord docs, Gateway, Sharding. */
export function isShardOf(guildId: Snowflake, shard: unknown): boolean {
  if (!Array.isArray(shard)) return true;
  const [id, count] = shard as readonly unknown[];
  if (typeof id !== 'number' || typeof count !== 'number' || !Number.isInteger(count) || count < 1 || !/^\d+$/.test(guildId)) return true;
  return (BigInt(guildId) >> 22n) % BigInt(count) === BigInt(id);
}
