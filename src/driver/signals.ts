/** Acts on the signals of one membership. */
import { isObservable, type Observable, type Subscriber } from 'rxjs';
import { VoiceTimeoutError } from '../errors.js';
import { operate, type Operation } from '../operate.js';
import type { VoiceSignal } from '../types.js';
import { Unanswered } from './recovery/carry-out.js';

/** How signals are handled. */
export interface Heed<Timely, T> {
  /** Records a signal that needs no action, and returns true. False for every other signal. */
  noted(signal: VoiceSignal): boolean;
  /** What to act on: at once, or as soon as everything needed is known about it. */
  timely(signal: VoiceSignal): Timely | Observable<Timely>;
  /** The stream that results from a signal. */
  lead$(signal: Timely): Observable<T>;
}

/**
 * Acts on each signal once, in order: a signal is not handled before the previous one is timely. The result is the stream of the latest one, as with
 * `switchMap`. The completion of the signals does not complete the result.
 *
 * ```
 * signals  --a--a--b-----------c--      b is timely later
 * timely   --a--------b--------c--
 * result   ---A---A----B---B----C-
 * ```
 */
export class Signals<Timely, T> implements Operation<VoiceSignal, T> {
  readonly destination: Subscriber<T>;
  readonly #heed: Heed<Timely, T>;
  #before: VoiceSignal | undefined;
  /** Whether a signal is being handled and not timely yet. */
  #looking = false;
  /** The signals that have arrived since then. */
  #waiting: VoiceSignal[] | undefined;
  #led: Subscriber<T> | undefined;

  constructor(destination: Subscriber<T>, heed: Heed<Timely, T>) {
    this.destination = destination;
    this.#heed = heed;
  }

  next(signal: VoiceSignal): void {
    if (this.#heed.noted(signal) || (this.#before !== undefined && sameSignal(this.#before, signal))) return;
    this.#before = signal;
    if (this.#looking) (this.#waiting ??= []).push(signal);
    else this.#look(signal);
  }

  /**
   * The timeout of an unanswered op 4 gets a type of its own: recovery can also fail with a VoiceTimeoutError of this stage, and that one is final.
   */
  error(error: unknown): void {
    this.destination.error(error instanceof VoiceTimeoutError && error.stage === 'signalling' ? new Unanswered(error) : error);
  }

  complete(): void {}

  #look(signal: VoiceSignal): void {
    this.#looking = true;
    const timely = this.#heed.timely(signal);
    if (isObservable(timely)) {
      timely.subscribe(operate<Timely, T>({ destination: this.destination, next: (known) => this.#act(known), complete: () => this.#lookOn() }));
    } else {
      this.#act(timely);
      this.#lookOn();
    }
  }

  #lookOn(): void {
    this.#looking = false;
    const next = this.#waiting?.shift();
    if (next !== undefined && !this.destination.closed) this.#look(next);
  }

  #act(timely: Timely): void {
    this.#led?.unsubscribe();
    this.#led = operate<T>({ destination: this.destination, complete: nothing });
    this.#heed.lead$(timely).subscribe(this.#led);
  }
}

const nothing = (): void => undefined;

/** A repeated server update changes nothing; one with a new token does, even on the same endpoint. */
function sameSignal(a: VoiceSignal, b: VoiceSignal): boolean {
  if (!('endpoint' in a) || !('endpoint' in b)) return false;
  if (a.endpoint === null || b.endpoint === null) return a.endpoint === b.endpoint;
  return a.endpoint === b.endpoint && a.token === b.token && a.sessionId === b.sessionId && a.channelId === b.channelId;
}
