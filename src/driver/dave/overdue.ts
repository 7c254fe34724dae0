/** Something that is to be done when it may: one thing at a time, and the first that was put off stands for all. */
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

  /** Acts in `ms`, unless that is called off, or something waits already. */
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
