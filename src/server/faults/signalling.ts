/** Faults of the bot gateway, and of the channel memberships that it reports. */
import type { Snowflake } from '../../types.js';

/** Bot gateway events that can be held back. `leave`: voice states without a channel; `state` holds these too. */
export type WithheldEvent = 'state' | 'server' | 'leave';

/** Which of the bot gateway's two events is dispatched first. Discord promises no order. */
export type EventOrder = 'state-first' | 'server-first';

/** How a bot gateway gets a new session. */
export interface ReidentifyOptions {
  /** The close code of the previous voice sessions, 4006 or 4014. Default 4006. */
  readonly code?: number;
  /** Number of the shard, and of shards in total; guilds of other shards are not affected. Default `[0, 1]`. */
  readonly shard?: readonly [number, number];
  /** Whether the voice state with the new session id is sent at once, or only together with the voice server, after op 4. Default `at-once`. */
  readonly state?: 'at-once' | 'on-request';
}

/** Faults of the bot gateway. The voice sessions that they end close after the corresponding events. */
export interface SignallingFaults {
  /** Which of the two bot gateway events comes first from now on. */
  eventOrder(order: EventOrder): void;
  /** Holds back all events of a kind, for every user; `false` dispatches them. With `leave`, the echo of a leave comes late. */
  withholdEvent(event: WithheldEvent, on: boolean): void;
  /** The guild's voice server goes away: its members get a null endpoint, and their sockets close with 4014. */
  nullEndpoint(guildId: Snowflake): void;
  /** Sends a voice server (this one) to the members of a guild, each with a new token; the previous tokens become invalid. */
  nameServer(guildId: Snowflake): void;
  /**
   * Sends another endpoint to the members of a guild: other ports of this server. The next call switches back, and so on. Their sessions close with
   * `code`, 4014 by default; with null they continue until they identify again. An Identify at the former endpoint is closed with 4011. Resolves with
   * the endpoint. Rejects with the error of node if no port is available.
   */
  changeRegion(guildId: Snowflake, options?: { readonly code?: number | null }): Promise<string>;
  /**
   * Removes a user from the channel, in one guild or all: state with a null channel, then 4014; 4022 if the user was alone in the channel, as at
   * Discord (discord-api-docs #7575). `code` replaces both.
   */
  kick(userId: Snowflake, guildId?: Snowflake, options?: { readonly code?: number }): void;
  /** In a stage: moves a user into the audience, where everybody starts, or with `false` to the speakers. Does nothing elsewhere. */
  suppress(userId: Snowflake, on: boolean, guildId?: Snowflake): void;
  /** A moderator mutes a user, in one guild or all, until `false` or a leave: `mute` in the voice state, and audio is not forwarded. */
  mute(userId: Snowflake, on: boolean, guildId?: Snowflake): void;
  /** A moderator deafens a user, in one guild or all, until `false` or a leave: `deaf` in the voice state, and nothing is forwarded to it. */
  deafen(userId: Snowflake, on: boolean, guildId?: Snowflake): void;
  /** Moves a user, in one guild or all, to another channel: both events, then 4014 for the old session. */
  move(userId: Snowflake, channelId: Snowflake, guildId?: Snowflake): void;
  /** Removes everybody from the channel at once, and their sockets close with 4022; the channel stays. */
  endCall(guildId: Snowflake, channelId: Snowflake): void;
  /** Deletes a channel: CHANNEL_DELETE, then as {@link SignallingFaults.endCall}. From then on op 4 for it is not answered. */
  deleteChannel(guildId: Snowflake, channelId: Snowflake): void;
  /** Deletes a guild, or makes it unavailable: GUILD_DELETE to its members, then as {@link SignallingFaults.endCall} in each channel. */
  deleteGuild(guildId: Snowflake, options?: { readonly unavailable?: boolean }): void;
  /** A channel is full while on: op 4 for it is not answered, and users in other channels stay there. */
  fullChannel(channelId: Snowflake, on: boolean): void;
  /** Sends the echo of a leave once more, with a former session id of the user: unexpectedly, or after a new join. */
  staleLeave(userId: Snowflake, guildId?: Snowflake): void;
  /**
   * The user's bot gateway was lost and has identified again: READY with a new session id, under which the memberships continue. The voice sessions
   * end, and a voice server with a new token is sent only after another op 4.
   */
  reidentifyGateway(userId: Snowflake, options?: ReidentifyOptions): void;
  /** Changes the session id without a READY: both events, and the previous voice session closes with `code`, 4006 by default. */
  renewSession(userId: Snowflake, options?: { readonly code?: number }): void;
}
