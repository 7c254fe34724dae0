/** The target of a membership: guild, channel and flags. */
import type { Observable, SchedulerLike } from 'rxjs';
import type { Snowflake } from '../types.js';

/** The guild and channel to join, and how. Pass an Observable for a value that may change later; its last value counts. */
export interface VoiceTarget {
  readonly guildId: Snowflake;
  /** The bot's own id. */
  readonly userId: Snowflake;
  /** With an Observable, the same session moves to each emitted channel. */
  readonly channelId: Snowflake | Observable<Snowflake>;
  /** Default false. */
  readonly selfMute?: boolean | Observable<boolean>;
  /** Default false. */
  readonly selfDeaf?: boolean | Observable<boolean>;
}

/** Options of `signalling$`. */
export interface SignallingOptions {
  /** The time for Discord to answer op 4 with both events, in ms. Default 10 000. */
  readonly timeout?: number;
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}
