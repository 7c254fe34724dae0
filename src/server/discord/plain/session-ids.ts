/** The session of each shard of the bot gateway: voice states carry its id. */
import { isShardOf } from '../../../gateway/shard.js';
import type { Snowflake } from '../../../types.js';
import type { Shard } from './events.js';

/** The last session of each shard. */
export class SessionIds {
  readonly #byShard = new Map<string, { readonly shard: Shard; readonly id: string }>();

  set(shard: Shard, id: string): void {
    this.#byShard.delete(String(shard));
    this.#byShard.set(String(shard), { shard, id });
  }

  /** The session of the shard that a guild belongs to; the latest one while the number of shards changes. */
  of(guildId: Snowflake): string | undefined {
    return [...this.#byShard.values()].filter(({ shard }) => isShardOf(guildId, shard)).at(-1)?.id;
  }
}
