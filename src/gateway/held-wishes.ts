/** What is wished for, held for as long as a session lives: its memberships come and go, and a wish must not fall between two of them. */
import { dematerialize, filter, isObservable, materialize, Observable, ReplaySubject, tap, type ObservableNotification, type Subscription } from 'rxjs';
import { insulated } from '../edge.js';
import type { ChannelMemory } from './channel-memory.js';
import type { VoiceTarget } from './target.js';

/**
 * Subscribes to what is wished for once, and gives each membership the last of it. A membership that subscribed by itself would miss
 * what is wished while the bot is out, and would get the first wish again, not the last, of an Observable that begins anew.
 *
 * ```
 * channelId    a-----b--------a------------      a moderator's move to b, in between, overrules the first a and not the second
 * memberships  j-----b---k         j-------      j join, k kicked
 * given        a-----b             a
 * ```
 *
 * An error of a wish is the membership's to tell: of one that is out, the next one tells it, before it joins.
 *
 * @param stay makes what lives by a target whose Observables are held; `life` ends with it
 */
export function withHeldWishes$<T>(target: VoiceTarget, memory: ChannelMemory, stay: (held: VoiceTarget, life: Subscription) => Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    const hold = <V>(wish: V | Observable<V>, noted?: (value: V) => void): V | Observable<V> => {
      if (!isObservable(wish)) return wish;
      // Of an error, too, it is the last that counts: nobody joins by a wish that has failed since.
      const last$ = new ReplaySubject<ObservableNotification<V>>(1);
      const news$ = insulated(wish).pipe(
        tap(noted),
        materialize(),
        filter(({ kind }) => kind !== 'C'),
      );
      subscriber.add(news$.subscribe(last$));
      return last$.pipe(dematerialize());
    };
    const { guildId, userId, channelId, selfMute = false, selfDeaf = false } = target;
    // Field by field: of a spread, V8 makes each session a shape of its own.
    const held: VoiceTarget = {
      guildId,
      userId,
      // Before the channel: who wishes for all of them at once is muted where he comes in.
      selfMute: hold(selfMute),
      selfDeaf: hold(selfDeaf),
      // Noted when it is wished, whether or not a membership hears of it: only so is it told from a wish that is replayed.
      channelId: hold(channelId, (id) => memory.wish(id, false)),
    };
    subscriber.add(stay(held, subscriber).subscribe(subscriber));
  });
}
