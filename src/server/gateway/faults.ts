/** Carries out the faults of the bot gateway, and of the channel memberships that it reports. */
import { CloseCode } from '../../protocol/close-codes.js';
import type { Snowflake } from '../../types.js';
import type { SignallingFaults } from '../faults/signalling.js';
import type { FaultState } from '../faults/state.js';
import type { Directory, Membership } from '../sessions/directory.js';
import type { Signalling } from './signalling.js';

/** What the faults act on. */
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
    kick: (userId, guildId, { code } = {}) => {
      for (const membership of membershipsOf(userId, guildId)) signalling.kick(membership, code);
    },
    suppress: (userId, on, guildId) => {
      for (const membership of membershipsOf(userId, guildId)) signalling.suppress(membership, on);
    },
    mute: (userId, on, guildId) => {
      for (const membership of membershipsOf(userId, guildId)) signalling.silence(membership, { muted: on });
    },
    deafen: (userId, on, guildId) => {
      for (const membership of membershipsOf(userId, guildId)) signalling.silence(membership, { deafened: on });
    },
    move: (userId, channelId, guildId) => {
      for (const membership of membershipsOf(userId, guildId)) signalling.move(membership, channelId);
    },
    endCall: (guildId, channelId) => signalling.endCall(guildId, channelId),
    deleteGuild: (guildId, { unavailable = false } = {}) => signalling.deleteGuild(guildId, unavailable),
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
