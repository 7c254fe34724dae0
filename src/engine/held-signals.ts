/** The signals of a session that may go on elsewhere. */
import { Observable, Subscription, type Subscriber } from 'rxjs';
import type { VoiceSignal } from '../types.js';

/**
 * During a planned move the membership is kept: the next subscriber gets the signals that the previous one got, and the bot does not leave the
 * channel. In every other case this behaves like the source alone: unsubscribing leaves, and subscribing joins again.
 *
 * ```
 * source       ^--a---b--------c---!        subscribed once
 * first        ^--a---b--!
 * hold()       -----h---------------
 * second       ------------^(ab)c--!        (ab): the latest of each kind, in their order
 * ```
 */
export class HeldSignals {
  readonly signals$: Observable<VoiceSignal>;
  readonly #source$: Observable<VoiceSignal>;
  /** The latest signal of each kind. */
  readonly #latest = new Map<string, VoiceSignal>();
  #upstream = Subscription.EMPTY;
  #subscriber: Subscriber<VoiceSignal> | undefined;
  #held = false;

  constructor(source$: Observable<VoiceSignal>) {
    this.#source$ = source$;
    this.signals$ = new Observable((subscriber) => this.#begin(subscriber));
  }

  /** The endpoint of the latest voice server. Null if there is none for now. */
  get endpoint(): string | null {
    const server = this.#latest.get('server');
    return server !== undefined && 'endpoint' in server ? server.endpoint : null;
  }

  /** The next unsubscription does not leave: another subscriber will follow. */
  hold(): void {
    if (!this.#upstream.closed) this.#held = true;
  }

  /**
   * No subscriber will follow: leaves now, and not later, when the present subscriber unsubscribes. A late leave could remove a bot that has joined
   * again meanwhile.
   */
  release(): void {
    this.#leave();
  }

  #begin(subscriber: Subscriber<VoiceSignal>): void {
    this.#subscriber = subscriber;
    subscriber.add(() => this.#gone(subscriber));
    if (this.#held) {
      this.#held = false;
      for (const signal of [...this.#latest.values()]) subscriber.next(signal);
      return;
    }
    this.#leave();
    const upstream = new Subscription();
    this.#upstream = upstream;
    upstream.add(
      this.#source$.subscribe({
        next: (signal) => {
          this.#keep(signal);
          this.#subscriber?.next(signal);
        },
        // If the source ends while nobody listens, the next subscriber subscribes to it again, and gets the end again.
        error: (error: unknown) => this.#over((last) => last.error(error), upstream),
        complete: () => this.#over((last) => last.complete(), upstream),
      }),
    );
  }

  #gone(subscriber: Subscriber<VoiceSignal>): void {
    if (this.#subscriber !== subscriber) return;
    this.#subscriber = undefined;
    if (!this.#held) this.#leave();
  }

  #over(tell: (subscriber: Subscriber<VoiceSignal>) => void, upstream: Subscription): void {
    upstream.unsubscribe();
    this.#held = false;
    this.#latest.clear();
    if (this.#subscriber !== undefined) tell(this.#subscriber);
  }

  #leave(): void {
    this.#held = false;
    this.#latest.clear();
    this.#upstream.unsubscribe();
  }

  #keep(signal: VoiceSignal): void {
    const kind = 'voiceState' in signal ? `member ${signal.voiceState.userId}` : 'endpoint' in signal ? 'server' : Object.keys(signal)[0]!;
    this.#latest.delete(kind);
    this.#latest.set(kind, signal);
  }
}
