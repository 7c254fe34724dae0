/**
 * Announces changes of the members of a call: at once, and in a call of more than a thousand at most ten times a second, because each announcement is
 * a set of all members.
 */
import type { MediaTime } from '../../media/media-time.js';

/** The number of members up to which each change is announced at once. A voice channel has 99 at most. */
export const PROMPT_MEMBERS = 1_000;
/** The interval between two announcements above that, in ms. */
export const MEMBER_NEWS_MS = 100;

export class MemberNews {
  readonly #time: Pick<MediaTime, 'after'>;
  readonly #tell: () => void;
  #waiting = false;

  constructor(time: Pick<MediaTime, 'after'>, tell: () => void) {
    this.#time = time;
    this.#tell = tell;
  }

  /** The members have changed, and this is how many there are now. */
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
