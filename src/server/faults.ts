/** The faults that a test, or somebody rehearsing a bot, can call for. */
import { CloseCode } from '../protocol/close-codes.js';
import type { Snowflake } from '../types.js';
import type { Directory, Membership } from './directory.js';
import type { DatagramRule, FaultState, RefusedStage, WithheldEvent, WithheldStage } from './fault-state.js';
import type { EventOrder } from './options.js';
import type { SessionRegistry } from './session-registry.js';
import type { Signalling } from './signalling.js';
import type { VoiceSession } from './voice-session.js';

/** Everything that can be made to go wrong. A call takes effect at once, and lasts until taken back where that can be. */
export interface ServerFaults {
  /**
   * Closes a user's voice WebSockets with `code`. The session lives on, to be resumed, when that is what the code means (1000 to
   * 1014, 4000, 4013, 4015); else it is over. 1006 is {@link ServerFaults.dropSocket}.
   * @throws RangeError for a code that no close frame can carry
   */
  closeSocket(userId: Snowflake, code: number): void;
  /** Breaks a user's voice WebSockets without a close frame: the client sees 1006. The session can be resumed. */
  dropSocket(userId: Snowflake): void;
  /** Leaves the next `count` IP discovery requests without an answer. */
  loseDiscoveryReplies(count: number): void;
  /** No heartbeat is acknowledged while on. */
  ignoreHeartbeats(on: boolean): void;
  /** Holds back a message and what follows it from the same cause; `false` sends what was held. */
  withhold(stage: WithheldStage, on: boolean): void;
  /** Answers each Identify, Resume or Select Protocol by closing with `code`; null stops that. */
  refuse(stage: RefusedStage, code: number | null): void;
  /** Lets a rule decide on each audio datagram, inbound and outbound; null stops that. */
  datagrams(rule: DatagramRule | null): void;
  /** Which of the two bot gateway events comes first from now on. */
  eventOrder(order: EventOrder): void;
  /** Holds back all events of a kind, for every user; `false` dispatches what was held. */
  withholdEvent(event: WithheldEvent, on: boolean): void;
  /** The guild's voice server goes away: its members get a null endpoint, and their sockets close with 4014. */
  nullEndpoint(guildId: Snowflake): void;
  /** Names a voice server (this one) to the members of a guild, each with a new token; the tokens before are worth nothing. */
  nameServer(guildId: Snowflake): void;
  /** Takes a user out of the channel, in one guild or all: state with a null channel, then 4014. */
  kick(userId: Snowflake, guildId?: Snowflake): void;
  /** Moves a user, wherever the user is, to another channel: both events, then 4014 for the old session. */
  move(userId: Snowflake, channelId: Snowflake): void;
  /** Ends a call: everybody leaves the channel, and the sockets close with 4022. */
  endCall(guildId: Snowflake, channelId: Snowflake): void;
  /** The voice server crashes and comes back empty: every socket closes with 4015, and no session can be resumed. */
  crash(): void;
}

/** What the faults act on. */
export interface FaultParts {
  readonly state: FaultState;
  readonly directory: Directory;
  readonly registry: SessionRegistry;
  readonly signalling: Signalling;
}

/** The faults of one server. */
export function createFaults({ state, directory, registry, signalling }: FaultParts): ServerFaults {
  const sessionsOf = (userId: Snowflake): readonly VoiceSession[] =>
    registry.all.filter((session) => session.userId === userId);
  const membershipsOf = (userId: Snowflake, guildId?: Snowflake): readonly Membership[] =>
    directory.ofUser(userId).filter((membership) => guildId === undefined || membership.guildId === guildId);
  const dropSocket = (userId: Snowflake): void => {
    for (const session of sessionsOf(userId)) session.link?.drop();
  };
  return {
    closeSocket: (userId, code) => {
      if (code === CloseCode.Abnormal) return dropSocket(userId);
      if (!isCloseCode(code)) throw new RangeError(`no WebSocket can be closed with code ${code}`);
      for (const session of sessionsOf(userId)) session.link?.close(code, 'a fault');
    },
    dropSocket,
    loseDiscoveryReplies: (count) => {
      state.discoveryLosses = count;
    },
    ignoreHeartbeats: (on) => {
      state.heartbeatsIgnored = on;
    },
    withhold: (stage, on) => state.stages.hold(stage, on),
    refuse: (stage, code) => {
      if (code === null) state.refusals.delete(stage);
      else if (isCloseCode(code)) state.refusals.set(stage, code);
      else throw new RangeError(`no WebSocket can be closed with code ${code}`);
    },
    datagrams: (rule) => {
      state.rule = rule ?? undefined;
    },
    eventOrder: (order) => {
      state.eventOrder = order;
    },
    withholdEvent: (event, on) => state.gatewayEvents.hold(event, on),
    nullEndpoint: (guildId) => signalling.nullEndpoint(guildId),
    nameServer: (guildId) => signalling.nameServer(guildId),
    kick: (userId, guildId) => {
      for (const membership of membershipsOf(userId, guildId)) signalling.remove(membership);
    },
    move: (userId, channelId) => {
      for (const membership of membershipsOf(userId)) signalling.move(membership, channelId);
    },
    endCall: (guildId, channelId) => {
      for (const membership of directory.ofGuild(guildId)) {
        if (membership.channelId === channelId) signalling.remove(membership, CloseCode.CallTerminated);
      }
    },
    crash: () => {
      for (const session of registry.all) registry.end(session, CloseCode.ServerCrashed, 'the server crashed');
    },
  };
}

/** Codes that a close frame may carry. RFC 6455 section 7.4. */
function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}
