/** Detects a moderator's move that crosses the bot's leave, while the bot leaves in order to join again. */
import { catchError, EMPTY, filter, map, Observable, Subscription, takeWhile, type MonoTypeOperatorFunction } from 'rxjs';
import { insulated } from '../edge.js';
import { GatewayOp } from '../protocol/opcodes.js';
import { field, isSnowflake } from '../protocol/payloads.js';
import type { ChannelMemory } from './channel-memory.js';
import type { GatewayPort } from './port.js';
import type { VoiceTarget } from './target.js';

/**
 * Listens to the gateway from the end of a membership to the start of the next, or to the echo of its leave. Discord sends events in order, so a
 * voice state before the echo belongs to a move made before the leave. Without this the bot would go back to the channel out of which it was just
 * moved.
 *
 * ```
 * membership   --------!         ^-----
 * op 4         --------x         b-----      x leave, b join
 * gateway      ----------b--o----------      b moved to b, o out: the echo
 * listens              ^----!
 * ```
 *
 * @param life the lifetime of all memberships: the listening ends with it
 */
export function heedingCrossedMoves<T>(
  gateway$: GatewayPort,
  { guildId, userId }: Pick<VoiceTarget, 'guildId' | 'userId'>,
  memory: ChannelMemory,
  life: Subscription,
): MonoTypeOperatorFunction<T> {
  let listening = Subscription.EMPTY;
  // Created only when it is subscribed to: most memberships end together with the session.
  const channel$ = (): Observable<unknown> =>
    insulated(gateway$).pipe(
      filter(({ op, t }) => op === GatewayOp.Dispatch && t === 'VOICE_STATE_UPDATE'),
      filter(({ d }) => field(d, 'guild_id') === guildId && field(d, 'user_id') === userId),
      map(({ d }) => field(d, 'channel_id')),
      takeWhile((channelId) => channelId !== null),
      // The next membership reports its errors.
      catchError(() => EMPTY),
    );
  const listen = (): void => {
    if (life.closed) return;
    listening = channel$().subscribe((channelId) => {
      if (isSnowflake(channelId)) memory.moved(channelId);
    });
    life.add(listening);
  };
  return (membership$) =>
    new Observable((subscriber) => {
      listening.unsubscribe();
      // Added first, so it listens before the leave is sent: some ports answer at once.
      subscriber.add(listen);
      membership$.subscribe(subscriber);
    });
}
