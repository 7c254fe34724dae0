/** Remembers the bot's channel, for when it has to join again. */
import type { Snowflake } from '../types.js';

/**
 * Remembers, from one membership to the next, that a request for a channel was overruled: by a moderator's move, or because Discord did not answer.
 * Joining again with the same request goes to the channel where the bot was; a new request is followed.
 */
export class ChannelMemory {
  /** Whether Discord ever named a voice server for this request. */
  joined = false;
  #wish: Snowflake | undefined;
  #overruled: Snowflake | undefined;
  /** Whether the request has not been sent yet. */
  #unsaid = false;

  /**
   * Records a request for a channel, and returns the channel to join.
   *
   * @param joining whether it is the first request of a membership: an Observable that replays its last value makes no new request
   */
  wish(channelId: Snowflake, joining: boolean): Snowflake {
    if (!joining || channelId !== this.#wish) {
      this.#overruled = undefined;
      this.#unsaid = true;
    }
    this.#wish = channelId;
    return this.#overruled ?? channelId;
  }

  /** Sets the channel where the bot is to be, regardless of the request. */
  overrule(channelId: Snowflake): void {
    this.#overruled = channelId;
  }

  /** The requested channel was sent to Discord, or is where Discord already has the bot. */
  said(): void {
    this.#unsaid = false;
  }

  /** A moderator has moved the bot between two memberships. A request that is not sent yet is newer, and wins. */
  moved(channelId: Snowflake): void {
    if (!this.#unsaid) this.overrule(channelId);
  }
}
