/** Holds the latest target values for as long as a session lives: its memberships come and go, and a request between two of them must not be lost. */
import { dematerialize, filter, isObservable, materialize, Observable, ReplaySubject, tap, type ObservableNotification, type Subscription } from 'rxjs';
import { insulated } from '../edge.js';
import type { ChannelMemory } from './channel-memory.js';
import type { VoiceTarget } from './target.js';

/**
 * Subscribes once to the target's Observables, and gives each membership their last values. A membership that subscribed by itself would miss values
 * while the bot is out, and would get the first value again, not the last, of a cold Observable.
 *
 * ```
 * channelId    a-----b--------a------------      a moderator's move to b, in between, overrules the first a and not the second
 * memberships  j-----b---k         j-------      j join, k kicked
 * given        a-----b             a
 * ```
 *
 * The membership reports an error of these Observables; if the bot is out, the next membership reports it before it joins.
 *
 * @param stay creates the stream of memberships from a target with the held Observables; `life` ends with it
 */
export function withHeldWishes$<T>(target: VoiceTarget, memory: ChannelMemory, stay: (held: VoiceTarget, life: Subscription) => Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    const hold = <V>(wish: V | Observable<V>, noted?: (value: V) => void): V | Observable<V> => {
      if (!isObservable(wish)) return wish;
      // An error is also held as the last notification: nobody joins with a request that has failed since.
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
    // Written field by field: with a spread, V8 would create a separate hidden class for each session.
    const held: VoiceTarget = {
      guildId,
      userId,
      // Before the channel: if all of them are requested at once, the bot is already muted when it joins.
      selfMute: hold(selfMute),
      selfDeaf: hold(selfDeaf),
      // Recorded when it is emitted, whether or not a membership receives it: this distinguishes a new request from a replayed one.
      channelId: hold(channelId, (id) => memory.wish(id, false)),
    };
    subscriber.add(stay(held, subscriber).subscribe(subscriber));
  });
}
