/** One stay of a bot in a guild at a time. */
import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import { AlreadyJoinedError } from '../errors.js';
import { operate } from '../operate.js';
import { GuildTable } from './guild-table.js';
import type { GatewayPort } from './port.js';
import type { VoiceTarget } from './target.js';

/** The stays that are subscribed. */
const stays = new GuildTable<true>();

/**
 * Keeps a second stay out: while one of this bot in this guild is subscribed, another errors with an AlreadyJoinedError, and nothing
 * is subscribed. It would get half an answer to its op 4, and its leave would end the first. The place is held from end to end, also
 * while the stay leaves and joins again by itself.
 *
 * ```
 * A         ^-------------------!
 * B            ^#                 ^---      # AlreadyJoinedError
 * op 4      j-------------------x-j---      x leaves
 * ```
 *
 * An end is told when all is released, and the place is free: who joins again upon it does so after the leave.
 */
export function occupying<T>(gateway$: GatewayPort, target: Pick<VoiceTarget, 'guildId' | 'userId'>): MonoTypeOperatorFunction<T> {
  return (stay$) =>
    new Observable((subscriber) => {
      if (stays.get(gateway$, target) !== undefined) {
        subscriber.error(new AlreadyJoinedError(target.guildId, target.userId));
        return;
      }
      stays.set(gateway$, target, true);
      /** How it ended before there was a subscription to release. */
      let ended: (() => void) | undefined;
      let begun = false;
      const end = (tell: () => void): void => {
        if (!begun) {
          ended = tell;
          return;
        }
        stay.unsubscribe();
        tell();
      };
      const stay = operate<T>({
        destination: subscriber,
        error: (error: unknown) => end(() => subscriber.error(error)),
        complete: () => end(() => subscriber.complete()),
      });
      stay$.subscribe(stay);
      // Last of all: until the leave is out, nobody else may join.
      stay.add(() => stays.delete(gateway$, target));
      begun = true;
      if (ended !== undefined) end(ended);
    });
}
