/** The signals of a session that may go on elsewhere. */
import { Observable, Subscription, type Subscriber } from 'rxjs';
import type { VoiceSignal } from '../types.js';

/**
 * Over a move that is planned the membership is kept: who comes next is told what the one before was told, and the bot does not leave the
 * channel. In every other case it is as if there were only the source: who unsubscribes leaves, and who subscribes joins anew.
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
  /** The latest of each kind. */
  readonly #latest = new Map<string, VoiceSignal>();
  #upstream = Subscription.EMPTY;
  #subscriber: Subscriber<VoiceSignal> | undefined;
  #held = false;

  constructor(source$: Observable<VoiceSignal>) {
    this.#source$ = source$;
    this.signals$ = new Observable((subscriber) => this.#begin(subscriber));
  }

  /** Of the latest voice server. Null where there is none for the moment. */
  get endpoint(): string | null {
    const server = this.#latest.get('server');
    return server !== undefined && 'endpoint' in server ? server.endpoint : null;
  }

  /** The next unsubscription does not leave: another subscriber is on his way. */
  hold(): void {
    if (!this.#upstream.closed) this.#held = true;
  }

  /** Nobody is to come any more: it is left now, and not when who listens has heard of that. Who joins again meanwhile would be taken out. */
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
        // What comes to its end while nobody listens is subscribed to anew, and says it again.
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
