/** What a membership of a channel is asked for. */
import type { Observable, SchedulerLike } from 'rxjs';
import type { Snowflake } from '../types.js';

/** Where to be, and how. What is an Observable may change under way; the last value counts. */
export interface VoiceTarget {
  readonly guildId: Snowflake;
  /** The bot's own id. */
  readonly userId: Snowflake;
  /** An Observable moves the session from channel to channel; it is never rebuilt. */
  readonly channelId: Snowflake | Observable<Snowflake>;
  /** Default false. */
  readonly selfMute?: boolean | Observable<boolean>;
  /** Default false. */
  readonly selfDeaf?: boolean | Observable<boolean>;
}

/** Deadline and time of `signalling$`. */
export interface SignallingOptions {
  /** ms for Discord to answer op 4 with both events. Default 10 000. */
  readonly timeout?: number;
  /** Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}
