import { mergeMap, Observable, share, tap, throwIfEmpty } from 'rxjs';
import { VoiceGatewayError } from '../errors.js';
import { gatewayPortOf, type GatewayPayload, type GatewayPort } from '../gateway/port.js';
import { isShardOf } from '../gateway/shard.js';
import type { VoiceStateCommand } from '../protocol/commands.js';
import { refusal, WAKING } from './refusal.js';

/** The part of a droff `Client` that is used here. */
export interface DroffClient {
  /** `shards$` emits all shards to each subscriber, existing ones at once. */
  readonly gateway: { readonly shards$: Observable<DroffShard> };
}

/** The part of a droff shard that is used here. */
export interface DroffShard {
  /** The shard's number, and how many there are. */
  readonly id: readonly [number, number];
  readonly raw$: Observable<GatewayPayload>;
  send(payload: VoiceStateCommand): void;
}

/** A new connection begins with Hello, and accepts no command before READY or RESUMED. Source: Discord docs, Gateway, Opcodes. */
const HELLO = 10;

/**
 * The gateway port of a droff client, for all its guilds: each command is sent on the shard of its guild, which is computed, because droff has no
 * table of them. The client needs the `GUILD_VOICE_STATES` intent. droff passes on all raw payloads, and has no voice implementation of its own that
 * could interfere.
 *
 * droff's gateway connects with its first subscriber and closes with its last. This port is one of them while a session lives, so keep your own
 * subscription to the client's events: without it, the end of the last session takes the bot offline before its leave is sent.
 *
 * A command throws a VoiceGatewayError if the shard of its guild does not exist, or is about to identify or resume. A lost connection is noticed only
 * at the Hello of the next one; droff queues commands sent in between, and may lose them, which only the deadline of the signalling detects. A client
 * made with `payloads$` has no shards to send on, and errors with a VoiceGatewayError: use `gatewayPort(client.dispatch$, send)` there.
 *
 * ```ts
 * const gateway$ = fromDroff(client);
 * client.fromDispatch('READY').pipe(exhaustMap(({ user }) => connectVoice$(gateway$, { guildId, channelId, userId: user.id })))
 * ```
 */
export function fromDroff(client: DroffClient): GatewayPort {
  /** The shards, and whether they accept commands. */
  const shards = new Map<DroffShard, boolean>();

  const payloads$ = new Observable<GatewayPayload>((subscriber) => {
    // A shard that existed before has had its READY, or is emitting it now.
    let replayed = true;
    const payloadsOf$ = (shard: DroffShard): Observable<GatewayPayload> => {
      shards.set(shard, replayed);
      return shard.raw$.pipe(
        tap(({ op, t }) => {
          if (op === HELLO) shards.set(shard, false);
          else if (WAKING.has(t)) shards.set(shard, true);
        }),
      );
    };
    subscriber.add(() => shards.clear());
    subscriber.add(client.gateway.shards$.pipe(throwIfEmpty(noShards), mergeMap(payloadsOf$)).subscribe(subscriber));
    replayed = false;
  });

  return gatewayPortOf(client, payloads$.pipe(share()), (command) => {
    const guildId = command.d.guild_id;
    const shard = [...shards.keys()].find(({ id }) => isShardOf(guildId, id));
    if (shard === undefined) throw refusal(`the shard of guild ${guildId} is not run by this client, or not started yet`);
    if (shards.get(shard) !== true) throw refusal(`shard ${shard.id[0]}, of guild ${guildId}, is not ready`);
    shard.send(command);
  });
}

function noShards(): VoiceGatewayError {
  return new VoiceGatewayError('this droff client has no shards to send on (a client of payloads$ has none)', undefined);
}
