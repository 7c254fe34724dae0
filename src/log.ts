/** What a session logs: plain data, one object per event. No entry ever contains a token or a key. */
import type { Recovery, VoiceFault } from './fault.js';
import type { Snowflake, VoiceState } from './types.js';

/** When a {@link LogEvent} happened, and in which guild. */
export interface LogBase {
  /** ms of the session's scheduler. */
  readonly at: number;
  readonly guildId: Snowflake | null;
}

/**
 * - `state`: the session's state, including the stages of the first connection, when there is no session yet
 * - `frame`: a voice gateway frame came, or is about to be sent: its opcode, and the server's sequence number if it has one
 * - `ignored`: something malformed or unknown was received and dropped, an interceptor failed and was removed, or `whereami` failed
 * - `fault`: a connection was lost, with the recovery that follows
 * - `unanswered`: a move to this channel was requested, and Discord did not answer; the session stays where it is
 * - `reconciled`: `whereami` says that the bot is in this channel, or in none, and the bot gateway had not reported it
 * - `send-only`: IP discovery got no answer, and the session goes on with an address on which nothing can be received
 * - `held` (with the option `engine`): a play whose source is read here has used up what was read ahead, because the far side cannot be reached (for
 *   nodes: NATS is away), and waits; or it goes on. The play emits `suspended` and `resumed`
 * - `discovery`: an IP discovery request was sent, for the `attempt`th time
 */
export type LogEvent = LogBase &
  (
    | { readonly type: 'state'; readonly state: VoiceState }
    | { readonly type: 'frame'; readonly direction: 'in' | 'out'; readonly op: number; readonly seq: number | null }
    | { readonly type: 'ignored'; readonly what: string; readonly reason: string }
    | { readonly type: 'fault'; readonly fault: VoiceFault; readonly recovery: Recovery }
    | { readonly type: 'unanswered'; readonly channelId: Snowflake }
    | { readonly type: 'reconciled'; readonly channelId: Snowflake | null }
    | { readonly type: 'send-only' }
    | { readonly type: 'held'; readonly held: boolean }
    | { readonly type: 'discovery'; readonly attempt: number }
  );

/** A {@link LogEvent} before the session adds the guild and the time. */
export type LogEntry = LogEvent extends infer E ? (E extends LogBase ? Omit<E, 'at' | 'guildId'> : never) : never;
/** Takes log entries. */
export type Log = (entry: LogEntry) => void;
/** The shared log of everybody without a log. Entries that exist only to be logged need not be created for it. */
export const silent: Log = () => undefined;
