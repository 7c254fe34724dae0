/** What a session logs: plain data, one object an event. No token and no key ever stands in one. */
import type { Recovery, VoiceFault } from './fault.js';
import type { Snowflake, VoiceState } from './types.js';

/** Of when and whom a {@link LogEvent} is. */
export interface LogBase {
  /** ms of the session's scheduler. */
  readonly at: number;
  readonly guildId: Snowflake | null;
}

/**
 * - `state`: the session's state, also the stages of the first connection, before there is a session to ask
 * - `frame`: a voice gateway frame came, or is about to be sent: its opcode, and the server's sequence number where it has one
 * - `ignored`: something malformed or unknown was received and dropped, an interceptor failed and is left out, or `whereami` failed
 * - `fault`: a connection was lost, and what is done about it
 * - `unanswered`: a move to this channel was asked for, and Discord did not answer; the session stays where it is
 * - `reconciled`: `whereami` says that the bot is in this channel, or in none, of which the bot gateway had told nothing
 * - `send-only`: IP discovery got no answer, and the session goes on with an address that nothing can be received on
 * - `held`: with the option `engine`, a play that is fed from here has come to the end of what was read ahead of it, since the far side is not
 *   reached (of nodes: NATS is away), and waits; or it goes on. Its listener is told `suspended` and `resumed`
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

/** A {@link LogEvent} before the session adds who and when. */
export type LogEntry = LogEvent extends infer E ? (E extends LogBase ? Omit<E, 'at' | 'guildId'> : never) : never;
/** Takes log entries. */
export type Log = (entry: LogEntry) => void;
/** One for all who have no log: what is made to be logged alone need not be made for it. */
export const silent: Log = () => undefined;
