/** Where the bot was last told to be, for the time when it has to join again. */
import type { Snowflake } from '../types.js';

/**
 * Remembers, from one membership to the next, that a wish for a channel was overruled: by a moderator's move, or by nobody answering.
 * Who joins again with the same wish goes to where the bot was; a new wish is followed.
 */
export class ChannelMemory {
  /** Whether Discord ever named a voice server for this wish. */
  joined = false;
  #wish: Snowflake | undefined;
  #overruled: Snowflake | undefined;
  /** The wish is not on the air yet. */
  #unsaid = false;

  /**
   * A wish, and where it leads.
   *
   * @param joining whether it is the first of a membership: an Observable that replays its last value wishes nothing new
   */
  wish(channelId: Snowflake, joining: boolean): Snowflake {
    if (!joining || channelId !== this.#wish) {
      this.#overruled = undefined;
      this.#unsaid = true;
    }
    this.#wish = channelId;
    return this.#overruled ?? channelId;
  }

  /** Where the bot is to be, whatever was wished for. */
  overrule(channelId: Snowflake): void {
    this.#overruled = channelId;
  }

  /** What is wished for is where Discord was told, or knows us, to be. */
  said(): void {
    this.#unsaid = false;
  }

  /** A moderator has moved the bot between two memberships. A wish that is still to be said is newer. */
  moved(channelId: Snowflake): void {
    if (!this.#unsaid) this.overrule(channelId);
  }
}
