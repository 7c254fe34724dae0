/**
 * Tells of the members of a call as they change: at once, and in a call of a thousand and more at most ten times a second, since each
 * telling is a set of them all.
 */
import type { MediaTime } from '../../media/media-time.js';

/** Members up to whom each change is told at once. A voice channel has 99 at most. */
export const PROMPT_MEMBERS = 1_000;
/** ms between two tellings beyond. */
export const MEMBER_NEWS_MS = 100;

export class MemberNews {
  readonly #time: Pick<MediaTime, 'after'>;
  readonly #tell: () => void;
  #waiting = false;

  constructor(time: Pick<MediaTime, 'after'>, tell: () => void) {
    this.#time = time;
    this.#tell = tell;
  }

  /** Something has changed, and there are so many now. */
  changed(members: number): void {
    if (members <= PROMPT_MEMBERS) return this.#tell();
    if (this.#waiting) return;
    this.#waiting = true;
    this.#time.after(MEMBER_NEWS_MS, () => {
      this.#waiting = false;
      this.#tell();
    });
  }
}
