/** Lowers a track while others are to be heard, and raises it again. */
import { Subscription, type Observable } from 'rxjs';
import { SAMPLES_PER_MS } from '../../../protocol/silence.js';
import type { Ramp } from '../mixture/ramp.js';
import { DEFAULT_DUCKING, type Ducking } from '../options.js';

/** Decibels of amplitude to a factor of ten. */
const DB_PER_DECADE = 20;

export class Ducker {
  /** Ducked by a command. */
  byHand = false;
  readonly #ramp: Ramp;
  readonly #gain: number;
  readonly #attack: number;
  readonly #release: number;
  readonly #watch: Watch;

  /** @param onError called with the error of `by$`; its last value then no longer counts */
  constructor(ramp: Ramp, settings: Ducking, onError: (error: unknown) => void) {
    const { depth, attack, release } = { ...DEFAULT_DUCKING, ...settings };
    this.#ramp = ramp;
    this.#gain = 10 ** (-depth / DB_PER_DECADE);
    this.#attack = Math.round(attack * SAMPLES_PER_MS);
    this.#release = Math.round(release * SAMPLES_PER_MS);
    this.#watch = new Watch(settings.by$, onError);
  }

  /** @param outranked whether a track of higher priority is heard */
  update(outranked: boolean): void {
    const target = outranked || this.byHand || this.#watch.value ? this.#gain : 1;
    if (this.#ramp.target !== target) this.#ramp.to(target, target < 1 ? this.#attack : this.#release);
  }

  free(): void {
    this.#watch.free();
  }
}

/** The last value of an Observable of booleans; false after it has ended. */
class Watch {
  #value = false;
  readonly #subscription: Subscription;

  constructor(by$: Observable<boolean> | undefined, onError: (error: unknown) => void) {
    this.#subscription =
      by$?.subscribe({
        next: (value) => (this.#value = value === true),
        error: (error: unknown) => {
          this.#value = false;
          onError(error);
        },
        complete: () => (this.#value = false),
      }) ?? Subscription.EMPTY;
  }

  get value(): boolean {
    return this.#value;
  }

  free(): void {
    this.#subscription.unsubscribe();
  }
}
