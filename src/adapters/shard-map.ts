/** The port of a client that runs several shards and has a table of the shard of each guild: Eris, and Oceanic, which follows its design. */
import { Observable, share } from 'rxjs';
import { gatewayPortOf, type GatewayPayload, type GatewayPort } from '../gateway/port.js';
import type { VoiceStateCommand } from '../protocol/commands.js';
import type { Snowflake } from '../types.js';
import { refusal, WAKING } from './refusal.js';

/** A listener for raw payloads and the number of their shard. */
type PacketListener = (packet: GatewayPayload, shardId: number) => void;

/** The shards of a client, and which guild is on which. */
export interface ShardMap<Shard> {
  /** Guild id to shard number: an object, or a Map as in Oceanic 1.15. A guild with an outage is removed. */
  readonly guildShardMap: Readonly<Record<Snowflake, number>> | ReadonlyMap<Snowflake, number>;
  readonly shards: { get(id: number): Shard | undefined };
}

/** The operations on the client that differ between the libraries. */
interface ShardedClient<Shard> {
  listen(listener: PacketListener): void;
  unlisten(listener: PacketListener): void;
  send(shard: Shard, command: VoiceStateCommand): void;
}

/**
 * One port for all guilds of a client, with one listener for all its sessions, which is removed with the last of them. Payloads of all shards are
 * passed on unchanged: a membership that joins again on READY checks the shard number in it.
 *
 * A command throws a VoiceGatewayError if its guild's shard is not known, or cannot accept it: the libraries silently drop what they cannot send, and
 * Discord closes a shard that sends before its READY.
 */
export function shardMapPort<Shard extends { readonly status: string }>(
  client: ShardMap<Shard>,
  { listen, unlisten, send }: ShardedClient<Shard>,
): GatewayPort {
  /** The shard whose READY or RESUMED is being passed on: the libraries emit it before they update the shard's status. */
  let waking: number | undefined;
  /** Kept over an outage of the guild, so that the bot can still leave, and join again on READY. */
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
