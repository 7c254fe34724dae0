/** A postponed action: one at a time; while one is postponed, further ones are dropped. */
import type { MediaTime } from '../../media/media-time.js';

export class Overdue {
  readonly #time: Pick<MediaTime, 'after'>;
  #waiting: object | undefined;

  constructor(time: Pick<MediaTime, 'after'>) {
    this.#time = time;
  }

  get pending(): boolean {
    return this.#waiting !== undefined;
  }

  /** Acts in `ms`, unless it is called off, or another action is already waiting. */
  in(ms: number, act: () => void): void {
    if (this.#waiting !== undefined) return;
    const waiting = {};
    this.#waiting = waiting;
    this.#time.after(ms, () => {
      if (this.#waiting !== waiting) return;
      this.#waiting = undefined;
      act();
    });
  }

  callOff(): void {
    this.#waiting = undefined;
  }
}
