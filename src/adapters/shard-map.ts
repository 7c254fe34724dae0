/** The port of a client that runs several shards and knows by a table which guild is on which: Eris, and Oceanic after it. */
import { Observable, share } from 'rxjs';
import { gatewayPortOf, type GatewayPayload, type GatewayPort } from '../gateway/port.js';
import type { VoiceStateCommand } from '../protocol/commands.js';
import type { Snowflake } from '../types.js';
import { refusal, WAKING } from './refusal.js';

/** A listener for raw payloads and the number of the shard that they came on. */
type PacketListener = (packet: GatewayPayload, shardId: number) => void;

/** The shards of a client, and which guild is on which. */
export interface ShardMap<Shard> {
  /** Guild id to shard number: an object, or a Map as in Oceanic 1.15. A guild with an outage is taken off. */
  readonly guildShardMap: Readonly<Record<Snowflake, number>> | ReadonlyMap<Snowflake, number>;
  readonly shards: { get(id: number): Shard | undefined };
}

/** What is done with the client that differs from library to library. */
interface ShardedClient<Shard> {
  listen(listener: PacketListener): void;
  unlisten(listener: PacketListener): void;
  send(shard: Shard, command: VoiceStateCommand): void;
}

/**
 * One port for all guilds of a client, with one listener for all its sessions, which is gone when the last of them is. Payloads are
 * handed on as they come, those of all shards: who joins again on READY looks for the number of its own shard in it.
 *
 * A command throws a VoiceGatewayError when its guild's shard is not known, or cannot take it: the libraries drop what they cannot
 * send without a word, and Discord closes a shard that speaks before its READY.
 */
export function shardMapPort<Shard extends { readonly status: string }>(
  client: ShardMap<Shard>,
  { listen, unlisten, send }: ShardedClient<Shard>,
): GatewayPort {
  /** The shard whose READY or RESUMED is being handed on: the libraries do that before they note it in its status. */
  let waking: number | undefined;
  /** Outlives an outage of the guild, so that the bot can still leave, and come back on READY. */
  const lastSeen = new Map<Snowflake, number>();

  const packets$ = new Observable<GatewayPayload>((subscriber) => {
    const listener: PacketListener = (packet, shardId) => {
      waking = WAKING.has(packet.t) ? shardId : undefined;
      subscriber.next(packet);
      waking = undefined;
    };
    listen(listener);
    return () => unlisten(listener);
  });

  return gatewayPortOf(client, packets$.pipe(share()), (command) => {
    const guildId = command.d.guild_id;
    const id = shardIn(client.guildShardMap, guildId) ?? lastSeen.get(guildId);
    if (id === undefined) throw refusal(`no shard of the client has guild ${guildId}: the bot is not in it, or not ready yet`);
    const shard = client.shards.get(id);
    if (shard === undefined) throw refusal(`shard ${id}, of guild ${guildId}, is not run by this client`);
    lastSeen.set(guildId, id);
    if (shard.status !== 'ready' && id !== waking) throw refusal(`shard ${id}, of guild ${guildId}, is not ready but ${shard.status}`);
    send(shard, command);
  });
}

function shardIn(table: ShardMap<unknown>['guildShardMap'], guildId: Snowflake): number | undefined {
  return table instanceof Map ? (table as ReadonlyMap<Snowflake, number>).get(guildId) : (table as Readonly<Record<Snowflake, number>>)[guildId];
}
