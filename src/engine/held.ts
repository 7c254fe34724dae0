/**
 * Whether what plays is held, since the far side has played all that it was given and is given nothing more: nothing gets there for the moment.
 *
 * ```
 * up      t------f-----------------t------
 * sent    --s-s-s|                 |s-s-s-s     what it had played meanwhile is heard of then
 * held    -------|--------t--------|------f     t: when it has come to the end of that; f: with the first frame beyond it
 * ```
 */
import { distinctUntilChanged, EMPTY, Subscription, switchMap, type Observable, type SchedulerLike } from 'rxjs';
import { deadline$ } from '../deadline.js';

/** What a far side has in stock. */
export interface Stock {
  readonly frames: number;
  readonly ms: number;
}

export class Held {
  readonly #scheduler: SchedulerLike;
  /** Undefined where it needs nothing from here. */
  readonly #stock: () => Stock | undefined;
  readonly #tell: (held: boolean) => void;
  #subscription = Subscription.EMPTY;
  #held = false;
  /** Frames that will be heard of, and were sent before it was held. */
  #behind = 0;

  constructor(scheduler: SchedulerLike, stock: () => Stock | undefined, tell: (held: boolean) => void) {
    this.#scheduler = scheduler;
    this.#stock = stock;
    this.#tell = tell;
  }

  /** @param up$ whether the far side is reached that plays from now on; what is in stock there is not of the one before */
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
      // That it will never be reached again is told by the link.
      .subscribe({ next: () => this.#hold(), error: () => undefined });
  }

  /** A frame is heard to have been sent. Returns whether it was, as far as is known, before all was held. */
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
