/**
 * Leaves whose echo may still be under way. Who joins again right after leaving is told of the leave as well: a voice state without a
 * channel, which looks like a kick.
 */
import type { SchedulerLike } from 'rxjs';
import type { Snowflake } from '../types.js';
import type { GatewayPort } from './port.js';

/** ms after which an echo has come, whether or not anybody listened. */
const ECHO_MS = 5_000;

/** When op 4 with a null channel was last sent, by port and guild. */
const leaves = new WeakMap<GatewayPort, Map<Snowflake, number>>();

export function noteLeave(gateway$: GatewayPort, guildId: Snowflake, scheduler: SchedulerLike): void {
  let byGuild = leaves.get(gateway$);
  if (byGuild === undefined) leaves.set(gateway$, (byGuild = new Map()));
  byGuild.set(guildId, scheduler.now());
}

/** Until when (ms of the scheduler that left) the echo of a leave may come; -Infinity for none. Asked once for each leave. */
export function takeEcho(gateway$: GatewayPort, guildId: Snowflake): number {
  const byGuild = leaves.get(gateway$);
  const at = byGuild?.get(guildId);
  byGuild?.delete(guildId);
  return at === undefined ? -Infinity : at + ECHO_MS;
}
