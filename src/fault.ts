/** What can go wrong with a voice connection, and what is done about it: plain data, which survives `structuredClone`. */
import type { ConnectStage, EndReason, Snowflake } from './types.js';

/**
 * The kinds of fault.
 *
 * - `closed`: the voice WebSocket was lost, or could not be opened; 1006 where no close frame came
 * - `acks`: two heartbeats in a row went unanswered, and we gave the WebSocket up
 * - `timeout`: a stage did not come to its end in time; `signalling` is Discord's answer to op 4
 * - `udp`: the UDP socket was lost, or could not be opened
 * - `no-endpoint`: Discord took the voice server away, and has not named another
 * - `moved`: the bot is in another channel, and a voice server was named for it
 * - `new-token`: a voice server was named while we were on one, be it another (a region change) or the same
 * - `gateway-reidentified`: the bot gateway has a new session, and with it a voice server was named
 * - `kicked`: the bot was disconnected from the channel
 * - `call-ended`: the same, and the WebSocket's close code says that the whole call is over (4022), as when the channel is deleted
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

/** What went before a fault, since the session was last stable. */
export interface FaultHistory {
  /** Whether the session was ever ready, or this is its first connection. */
  readonly wasReady: boolean;
  /** Whether there is a media session that a new WebSocket could take over. */
  readonly resumable: boolean;
  /** Whether the credentials in hand were not used yet: a token is good for one Identify. */
  readonly fresh: boolean;
  /** How often this very fault has come (same kind, close code and stage), this time included. */
  readonly repeats: number;
  /** How often each rung was tried. */
  readonly tried: Readonly<Record<Rung, number>>;
}

/** What went wrong with a voice connection. */
export type VoiceFault = FaultKind & FaultHistory;

/**
 * What to do about it; `delay` in ms, to which the driver adds a jitter of half either way.
 *
 * - `resume`: a new WebSocket takes the media session over; audio flows meanwhile. Where there is no media session to take over,
 *   or new credentials have come, the driver re-identifies
 * - `reidentify`: a new WebSocket and a new media session, with the newest credentials; audio is held. Of use while these are fresh:
 *   before an Identify was sent, and when Discord has named a server by itself
 * - `rejoin`: leave, and join again by op 4, for new credentials; audio is held
 * - `wait`: hold, and wait up to `delay` for Discord to name another server or to end the membership; then do what `then` says,
 *   or fail without one
 * - `end`: the session completes
 * - `fail`: the session errors
 */
export type Recovery =
  | { readonly action: Rung; readonly delay: number }
  | { readonly action: 'wait'; readonly delay: number; readonly then?: Recovery }
  | { readonly action: 'end'; readonly reason: EndReason }
  | { readonly action: 'fail' };
