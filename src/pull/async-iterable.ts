/** Turns the streams of a session into AsyncIterables, for users who prefer loops. */
import type { Observable } from 'rxjs';
import { VoiceOptionsError } from '../errors.js';
import { toObservable, type ObservableLike } from '../observable-like.js';
import { mailbox } from './mailbox.js';
import { checkPullOptions, DEFAULT_PULL, type AsyncIterableOptions } from './options.js';
import { Pulled } from './pulled.js';

/**
 * Iterates an Observable with `for await`. The loop subscribes when it begins, and unsubscribes when it is left, by `break`, `return` or an
 * error; it ends with the source, and throws its error, after the values before it. Each loop has its own subscription.
 *
 * An Observable pushes, and a loop is busy while its body awaits: `policy` decides what happens to values that come meanwhile.
 *
 * ```
 * source     a-b-c-d-e-|                   and a loop that is busy for 5 ms with each value
 * buffer     a----b----c----d----e----|
 * latest     a----c----e----|
 * drop       a-----d----|                  b, c and e came while it was busy
 * conflate   x----y----z----|              x [a], y [b, c], z [d, e]
 * ```
 *
 * ```ts
 * for await (const { userId, speaking } of asyncIterable(session.speaking$)) console.log(userId, speaking);
 * ```
 *
 * Leaving the loop only leaves the stream: the session lives as long as `connectVoice$` is subscribed to. Iterating `connectVoice$`
 * itself keeps the session in the channel for as long as the loop runs.
 *
 * @throws VoiceOptionsError for invalid options, and if `source$` is not an Observable
 */
export function asyncIterable<T>(
  source$: Observable<T> | ObservableLike<T>,
  options: AsyncIterableOptions & { readonly policy: 'conflate' },
): AsyncIterable<T[]>;
export function asyncIterable<T>(
  source$: Observable<T> | ObservableLike<T>,
  options?: AsyncIterableOptions & { readonly policy?: 'buffer' | 'latest' | 'drop' },
): AsyncIterable<T>;
export function asyncIterable<T>(source$: Observable<T> | ObservableLike<T>, options: AsyncIterableOptions): AsyncIterable<T | T[]>;
export function asyncIterable<T>(source$: Observable<T> | ObservableLike<T>, options: AsyncIterableOptions = {}): AsyncIterable<T | T[]> {
  checkPullOptions(options);
  const { policy = DEFAULT_PULL.policy, buffer = DEFAULT_PULL.buffer } = options;
  const observable$ = toObservable<T>(source$);
  if (observable$ === undefined) throw new VoiceOptionsError('source$', 'must be an Observable');
  return { [Symbol.asyncIterator]: () => new Pulled(observable$, mailbox<T>(policy, buffer)) };
}
