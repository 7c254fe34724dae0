/** For who would rather write a loop: what a session emits, as an AsyncIterable. */
import type { Observable } from 'rxjs';
import { VoiceOptionsError } from '../errors.js';
import { toObservable, type ObservableLike } from '../observable-like.js';
import { mailbox } from './mailbox.js';
import { checkPullOptions, DEFAULT_PULL, type AsyncIterableOptions } from './options.js';
import { Pulled } from './pulled.js';

/**
 * What an Observable emits, for `for await`. The loop subscribes when it begins, and unsubscribes when it is left, by `break`, `return` or an
 * error; it ends with the source, and throws what that fails with, after the values before it. Each loop over it is a subscription of its own.
 *
 * An Observable pushes, and a loop is busy while its body awaits: `policy` says what becomes of what comes meanwhile.
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
 * To leave the loop leaves the stream, and no more: the session lives on as long as `connectVoice$` is subscribed. To iterate
 * `connectVoice$` itself is to be in the channel for as long as the loop.
 *
 * @throws VoiceOptionsError for options that are not what they must be, and for what is no Observable
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
