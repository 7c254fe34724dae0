/** What a moderator does while the bot is on its way out, to come back: the move and the leave cross. */
import { catchError, EMPTY, filter, map, Observable, Subscription, takeWhile, type MonoTypeOperatorFunction } from 'rxjs';
import { insulated } from '../edge.js';
import { GatewayOp } from '../protocol/opcodes.js';
import { field, isSnowflake } from '../protocol/payloads.js';
import type { ChannelMemory } from './channel-memory.js';
import type { GatewayPort } from './port.js';
import type { VoiceTarget } from './target.js';

/**
 * Listens to the gateway from the end of a membership to the beginning of the next, or to the echo of its leave: Discord tells of things
 * in order, so that a voice state before the echo is of a move made before the leave. Without it the bot would go back to the channel
 * that it was just moved out of.
 *
 * ```
 * membership   --------!         ^-----
 * op 4         --------x         b-----      x leave, b join
 * gateway      ----------b--o----------      b moved to b, o out: the echo
 * listens              ^----!
 * ```
 *
 * @param life of all memberships: with it the listening ends, too
 */
export function heedingCrossedMoves<T>(
  gateway$: GatewayPort,
  { guildId, userId }: Pick<VoiceTarget, 'guildId' | 'userId'>,
  memory: ChannelMemory,
  life: Subscription,
): MonoTypeOperatorFunction<T> {
  let listening = Subscription.EMPTY;
  // Made when it is listened to: most memberships end with the session.
  const channel$ = (): Observable<unknown> =>
    insulated(gateway$).pipe(
      filter(({ op, t }) => op === GatewayOp.Dispatch && t === 'VOICE_STATE_UPDATE'),
      filter(({ d }) => field(d, 'guild_id') === guildId && field(d, 'user_id') === userId),
      map(({ d }) => field(d, 'channel_id')),
      takeWhile((channelId) => channelId !== null),
      // Its errors are the next membership's to tell.
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
      // Added first, and so listens before the leave is out: some ports answer at once.
      subscriber.add(listen);
      membership$.subscribe(subscriber);
    });
}
