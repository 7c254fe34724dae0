import { mergeMap, Observable, share, tap, throwIfEmpty } from 'rxjs';
import { VoiceGatewayError } from '../errors.js';
import { gatewayPortOf, type GatewayPayload, type GatewayPort } from '../gateway/port.js';
import { isShardOf } from '../gateway/shard.js';
import type { VoiceStateCommand } from '../protocol/commands.js';
import { refusal, WAKING } from './refusal.js';

/** What is needed of a droff `Client`. */
export interface DroffClient {
  /** `shards$` tells each subscriber of all shards, those that were there before it at once. */
  readonly gateway: { readonly shards$: Observable<DroffShard> };
}

/** What is needed of a droff shard. */
export interface DroffShard {
  /** The shard's number, and how many there are. */
  readonly id: readonly [number, number];
  readonly raw$: Observable<GatewayPayload>;
  send(payload: VoiceStateCommand): void;
}

/** A new connection says Hello, and takes no command before READY or RESUMED. Source: Discord docs, Gateway, Opcodes. */
const HELLO = 10;

/**
 * The gateway port of a droff client, for all its guilds: each command goes out on the shard of its guild, which is computed, as
 * droff has no table of them. The client needs the `GUILD_VOICE_STATES` intent. droff hands all raw payloads on, and has no voice of
 * its own that could interfere.
 *
 * droff's gateway connects with its first subscriber and closes with its last. This port is one of them while a session lives, so
 * keep a subscription of your own to the client's events: without it, the end of the last session takes the bot offline before
 * its leave is sent.
 *
 * A command throws a VoiceGatewayError when the shard of its guild is not there, or is about to identify or resume. A lost
 * connection shows only by the Hello of the next one; what is sent in between is queued by droff, may be lost, and is left to the
 * deadline of the signalling. A client made with `payloads$` has no shards to send on, and errors with a VoiceGatewayError: use
 * `gatewayPort(client.dispatch$, send)` there.
 *
 * ```ts
 * const gateway$ = fromDroff(client);
 * client.fromDispatch('READY').pipe(exhaustMap(({ user }) => connectVoice$(gateway$, { guildId, channelId, userId: user.id })))
 * ```
 */
export function fromDroff(client: DroffClient): GatewayPort {
  /** The shards, and whether they take commands. */
  const shards = new Map<DroffShard, boolean>();

  const payloads$ = new Observable<GatewayPayload>((subscriber) => {
    // A shard that was there before us has its READY behind it, or is just telling of it.
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
