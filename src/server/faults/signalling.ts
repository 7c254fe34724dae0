/** Faults of the bot gateway, and of the membership of a channel that it tells of. */
import type { Snowflake } from '../../types.js';
import { CloseCode } from '../../protocol/close-codes.js';
import type { Directory, Membership } from '../directory.js';
import type { FaultState, WithheldEvent } from '../fault-state.js';
import type { EventOrder } from '../options.js';
import type { Signalling } from '../signalling.js';

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
  /** Takes a user out of the channel, in one guild or all: state with a null channel, then 4014. */
  kick(userId: Snowflake, guildId?: Snowflake): void;
  /** Moves a user, wherever the user is, to another channel: both events, then 4014 for the old session. */
  move(userId: Snowflake, channelId: Snowflake): void;
  /** Ends a call: everybody leaves the channel, and the sockets close with 4022. */
  endCall(guildId: Snowflake, channelId: Snowflake): void;
  /** Deletes a channel: CHANNEL_DELETE, then as {@link SignallingFaults.endCall}. From then on op 4 to it is not answered. */
  deleteChannel(guildId: Snowflake, channelId: Snowflake): void;
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

/** What they act on. */
export interface SignallingFaultParts {
  readonly state: FaultState;
  readonly directory: Directory;
  readonly signalling: Signalling;
}

const ONLY_SHARD: readonly [number, number] = [0, 1];

/** The faults of the bot gateway. */
export function createSignallingFaults({ state, directory, signalling }: SignallingFaultParts): SignallingFaults {
  const membershipsOf = (userId: Snowflake, guildId?: Snowflake): readonly Membership[] =>
    directory.ofUser(userId).filter((membership) => guildId === undefined || membership.guildId === guildId);
  return {
    eventOrder: (order) => {
      state.eventOrder = order;
    },
    withholdEvent: (event, on) => state.gatewayEvents.hold(event, on),
    nullEndpoint: (guildId) => signalling.nullEndpoint(guildId),
    nameServer: (guildId) => signalling.nameServer(guildId),
    changeRegion: (guildId, { code = CloseCode.Disconnected } = {}) => signalling.changeRegion(guildId, code),
    kick: (userId, guildId) => {
      for (const membership of membershipsOf(userId, guildId)) signalling.remove(membership);
    },
    move: (userId, channelId) => {
      for (const membership of membershipsOf(userId)) signalling.move(membership, channelId);
    },
    endCall: (guildId, channelId) => signalling.endCall(guildId, channelId),
    deleteChannel: (guildId, channelId) => signalling.deleteChannel(guildId, channelId),
    fullChannel: (channelId, on) => {
      if (on) state.closedChannels.add(channelId);
      else state.closedChannels.delete(channelId);
    },
    staleLeave: (userId, guildId) => {
      const guilds = guildId === undefined ? membershipsOf(userId).map((membership) => membership.guildId) : [guildId];
      for (const guild of guilds) signalling.staleLeave(guild, userId);
    },
    reidentifyGateway: (userId, { code = CloseCode.SessionInvalid, shard = ONLY_SHARD, state: when = 'at-once' } = {}) =>
      signalling.reidentify(userId, { code, shard, state: when }),
    renewSession: (userId, { code = CloseCode.SessionInvalid } = {}) => {
      for (const membership of membershipsOf(userId)) signalling.renewSession(membership, code);
    },
  };
}
