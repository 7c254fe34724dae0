/** Faults of the bot gateway, and of the membership of a channel that it tells of. */
import type { Snowflake } from '../../types.js';

/** Bot gateway events that can be held back. `leave`: voice states without a channel, which are held by `state` too. */
export type WithheldEvent = 'state' | 'server' | 'leave';

/** Which of the bot gateway's two events is dispatched first. Discord promises no order. */
export type EventOrder = 'state-first' | 'server-first';

/** How a bot gateway gets a new session. */
export interface ReidentifyOptions {
  /** The close code of the voice sessions before, 4006 or 4014. Default 4006. */
  readonly code?: number;
  /** Number of the shard, and how many there are; guilds of another shard notice nothing. Default `[0, 1]`. */
  readonly shard?: readonly [number, number];
  /**
   * Whether the voice state with the new session id comes at once, or only when op 4 asks for it, together with the voice server.
   * Default `at-once`.
   */
  readonly state?: 'at-once' | 'on-request';
}

/** What the bot gateway can bring about. Voice sessions that end by it close after the events that say so. */
export interface SignallingFaults {
  /** Which of the two bot gateway events comes first from now on. */
  eventOrder(order: EventOrder): void;
  /**
   * Holds back all events of a kind, for every user; `false` dispatches what was held. With `leave`, the echo of a leave comes
   * late.
   */
  withholdEvent(event: WithheldEvent, on: boolean): void;
  /** The guild's voice server goes away: its members get a null endpoint, and their sockets close with 4014. */
  nullEndpoint(guildId: Snowflake): void;
  /** Names a voice server (this one) to the members of a guild, each with a new token; the tokens before are worth nothing. */
  nameServer(guildId: Snowflake): void;
  /**
   * Names another endpoint to the members of a guild: other ports of this server. The next call goes back, and so on. Their
   * sessions close with `code`, 4014 by default; null lets them go on until they identify anew. An Identify where the guild no
   * longer is: 4011. Resolves with the endpoint. Rejects with the error of node when there is no port for it.
   */
  changeRegion(guildId: Snowflake, options?: { readonly code?: number | null }): Promise<string>;
  /**
   * Takes a user out of the channel, in one guild or all: state with a null channel, then 4014; 4022 where the user was alone in the
   * channel, as at Discord (discord-api-docs #7575). `code` is another in its place.
   */
  kick(userId: Snowflake, guildId?: Snowflake, options?: { readonly code?: number }): void;
  /** In a stage: sends a user into the audience, as whoever comes is, or with `false` makes a speaker of it. Elsewhere nothing. */
  suppress(userId: Snowflake, on: boolean, guildId?: Snowflake): void;
  /** A moderator mutes a user, in one guild or all, until `false` or a leave: `mute` in the voice state, and not forwarded. */
  mute(userId: Snowflake, on: boolean, guildId?: Snowflake): void;
  /** A moderator deafens a user, in one guild or all, until `false` or a leave: `deaf` in the voice state, and nothing is forwarded to it. */
  deafen(userId: Snowflake, on: boolean, guildId?: Snowflake): void;
  /** Moves a user, wherever the user is or in one guild, to another channel: both events, then 4014 for the old session. */
  move(userId: Snowflake, channelId: Snowflake, guildId?: Snowflake): void;
  /** Everybody is thrown out of the channel at once, and the sockets close with 4022; the channel stays. */
  endCall(guildId: Snowflake, channelId: Snowflake): void;
  /** Deletes a channel: CHANNEL_DELETE, then as {@link SignallingFaults.endCall}. From then on op 4 to it is not answered. */
  deleteChannel(guildId: Snowflake, channelId: Snowflake): void;
  /** Deletes a guild, or makes it unavailable: GUILD_DELETE to its members, then as {@link SignallingFaults.endCall} in each channel. */
  deleteGuild(guildId: Snowflake, options?: { readonly unavailable?: boolean }): void;
  /** A channel is full while on: op 4 to it is answered by nothing, and whoever is elsewhere stays there. */
  fullChannel(channelId: Snowflake, on: boolean): void;
  /** The echo of a leave comes once more, with a session id that the user had before: out of nowhere, or after a new join. */
  staleLeave(userId: Snowflake, guildId?: Snowflake): void;
  /**
   * The user's bot gateway was lost and has identified anew: READY, with a new session id, under which the memberships go on. The
   * voice sessions end, and a voice server is named, with a new token, only when op 4 is sent again.
   */
  reidentifyGateway(userId: Snowflake, options?: ReidentifyOptions): void;
  /** The session id changes without a READY: both events, and the voice session before closes with `code`, 4006 by default. */
  renewSession(userId: Snowflake, options?: { readonly code?: number }): void;
}
