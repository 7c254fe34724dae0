/** What can go wrong with a voice connection, and what is done about it: plain data, which survives `structuredClone`. */
import type { ConnectStage, EndReason, Snowflake } from './types.js';

/**
 * The kinds of fault.
 *
 * - `closed`: the voice WebSocket was lost, or could not be opened; 1006 if no close frame came
 * - `acks`: two heartbeats in a row went unanswered, and the driver gave up the WebSocket
 * - `timeout`: a stage did not finish in time; `signalling` is the wait for Discord's answer to op 4
 * - `udp`: the UDP socket was lost, or could not be opened
 * - `no-endpoint`: Discord took the voice server away, and has not named another
 * - `moved`: the bot is in another channel, and a voice server was named for it
 * - `new-token`: a voice server was named while the session was on one: another one (a region change) or the same
 * - `gateway-reidentified`: the bot gateway has a new session, and a voice server was named in it
 * - `kicked`: the bot was disconnected from the channel
 * - `call-ended`: the same, and the bot gateway has said that the channel, or the guild, is gone
 */
export type FaultKind =
  | { readonly type: 'closed'; readonly closeCode: number }
  | { readonly type: 'acks' }
  | { readonly type: 'timeout'; readonly stage: ConnectStage | 'signalling'; readonly ms: number }
  | { readonly type: 'udp'; readonly message: string }
  | { readonly type: 'no-endpoint' }
  | { readonly type: 'moved'; readonly channelId: Snowflake }
  | { readonly type: 'new-token' }
  | { readonly type: 'gateway-reidentified' }
  | { readonly type: 'kicked' }
  | { readonly type: 'call-ended' };

/** The rungs of the ladder, from the gentlest to the last. */
export type Rung = 'resume' | 'reidentify' | 'rejoin';

/** What happened before a fault, since the session was last stable. */
export interface FaultHistory {
  /** Whether the session was ever ready, or this is its first connection. */
  readonly wasReady: boolean;
  /** Whether there is a media session that a new WebSocket could take over. */
  readonly resumable: boolean;
  /** Whether the current credentials are unused: a token is valid for one Identify. */
  readonly fresh: boolean;
  /** How often the same fault (same kind, close code and stage) has occurred, including this time. */
  readonly repeats: number;
  /** How often each rung was tried. */
  readonly tried: Readonly<Record<Rung, number>>;
}

/** What went wrong with a voice connection. */
export type VoiceFault = FaultKind & FaultHistory;

/**
 * What to do about a fault. `delay` is in ms; the driver adds a jitter of up to half of it in either direction.
 *
 * - `resume`: a new WebSocket takes over the media session; audio flows meanwhile. If there is no media session to take over, or new credentials have
 *   come, the driver re-identifies
 * - `reidentify`: a new WebSocket and a new media session, with the newest credentials; audio is held. Useful while these are fresh: before an
 *   Identify was sent, and when Discord has named a server by itself
 * - `rejoin`: leave, and join again by op 4, for new credentials; audio is held
 * - `wait`: hold what plays, and wait up to `delay` for Discord to name another server or to end the membership; then do what `then` says, or fail if
 *   there is no `then`
 * - `end`: the session completes
 * - `fail`: the session errors
 */
export type Recovery =
  | { readonly action: Rung; readonly delay: number }
  | { readonly action: 'wait'; readonly delay: number; readonly then?: Recovery }
  | { readonly action: 'end'; readonly reason: EndReason }
  | { readonly action: 'fail' };
