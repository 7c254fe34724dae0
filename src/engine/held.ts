/**
 * Finds out when a play is held because the far side cannot be reached and has played all frames that it had.
 *
 * ```
 * up      t------f-----------------t------
 * sent    --s-s-s|                 |s-s-s-s     what was played meanwhile is reported then
 * held    -------|--------t--------|------f     t: when the stock has been played; f: with the first frame after it
 * ```
 */
import { distinctUntilChanged, EMPTY, Subscription, switchMap, type Observable, type SchedulerLike } from 'rxjs';
import { deadline$ } from '../deadline.js';

/** The frames that a far side has in stock. */
export interface Stock {
  readonly frames: number;
  readonly ms: number;
}

export class Held {
  readonly #scheduler: SchedulerLike;
  /** Returns undefined if the far side needs no frames from here. */
  readonly #stock: () => Stock | undefined;
  readonly #tell: (held: boolean) => void;
  #subscription = Subscription.EMPTY;
  #held = false;
  /** Frames that were sent before the play was held, and that the far side will still report. */
  #behind = 0;

  constructor(scheduler: SchedulerLike, stock: () => Stock | undefined, tell: (held: boolean) => void) {
    this.#scheduler = scheduler;
    this.#stock = stock;
    this.#tell = tell;
  }

  /** @param up$ whether the far side that plays from now on can be reached; the stock of the previous one no longer counts */
  watch(up$: Observable<boolean>): void {
    this.close();
    this.#behind = 0;
    this.#subscription = up$
      .pipe(
        distinctUntilChanged(),
        switchMap((up) => {
          const stock = up ? undefined : this.#stock();
          return stock === undefined ? EMPTY : deadline$(stock.ms, this.#scheduler);
        }),
      )
      // The link reports if the far side is lost for good.
      .subscribe({ next: () => this.#hold(), error: () => undefined });
  }

  /** The far side reports a sent frame. Returns whether, as far as is known, it was sent before the play was held. */
  sent(): boolean {
    if (!this.#held) return false;
    if (this.#behind > 0) {
      this.#behind -= 1;
      return true;
    }
    this.#held = false;
    this.#tell(false);
    return false;
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  #hold(): void {
    const stock = this.#stock();
    if (this.#held || stock === undefined) return;
    this.#held = true;
    this.#behind = stock.frames;
    this.#tell(true);
  }
}
