/** Joins, moves and leaves: updates memberships, announces them, and ends the affected voice sessions. */
import { isShardOf } from '../../gateway/shard.js';
import { CloseCode } from '../../protocol/close-codes.js';
import { isSnowflake } from '../../protocol/payloads.js';
import type { Snowflake } from '../../types.js';
import type { EventLog } from '../events.js';
import type { ReidentifyOptions } from '../faults/signalling.js';
import type { FaultState } from '../faults/state.js';
import type { ServerSettings } from '../options.js';
import type { MembershipIds } from '../guilds.js';
import type { Directory, Membership } from '../sessions/directory.js';
import type { GuildRegions } from '../sessions/region.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { Announcements } from './announcements.js';
import {
  leaveEvent,
  readVoiceStateCommand,
  voiceStateEvent,
  type ReadyEvent,
  type VoiceServerEvent,
  type VoiceStateEvent,
} from './payloads.js';
import type { TaskQueue } from './task-queue.js';

/** What signalling uses. */
export interface SignallingParts {
  readonly directory: Directory;
  readonly registry: SessionRegistry;
  readonly announcements: Announcements;
  readonly tasks: TaskQueue;
  readonly faults: FaultState;
  readonly events: EventLog;
  readonly regions: GuildRegions;
  readonly settings: ServerSettings;
}

/** The session id of a user who never had one: it has the length of a real one. */
const NO_SESSION_ID = '0'.repeat(33);

/** Every change of a membership goes through here, so that its events are never forgotten. */
export class Signalling {
  constructor(private readonly parts: SignallingParts) {}

  /** An op 4 command of a user's gateway. */
  command(userId: Snowflake, command: unknown): void {
    const request = readVoiceStateCommand(command);
    if (request === undefined) {
      this.parts.events.emit({ type: 'bad-command', userId, guildId: null });
      return;
    }
    const { guildId, channelId, selfMute, selfDeaf } = request;
    const present = this.parts.directory.find(guildId, userId);
    if (channelId === null) {
      if (present !== undefined) this.remove(present);
      return;
    }
    const samePlace = present?.channelId === channelId;
    if (!samePlace && this.parts.faults.closedChannels.has(channelId)) {
      this.parts.events.emit({ type: 'unanswered', userId, guildId, channelId });
      return;
    }
    const membership = samePlace ? present : this.#enter({ guildId, channelId, userId });
    const changesNothing = samePlace && membership.selfMute === selfMute && membership.selfDeaf === selfDeaf;
    membership.selfMute = selfMute;
    membership.selfDeaf = selfDeaf;
    if (!samePlace || membership.awaitsCommand) this.#place(membership);
    else if (changesNothing && this.parts.settings.sameChannel === 'voice-server-update') this.parts.announcements.place(membership);
    else this.parts.announcements.state(membership);
  }

  /** Adds a user without a gateway here to a channel. Returns the `d` of both events; other gateways get only the state. */
  admit(ids: MembershipIds): { readonly voiceState: VoiceStateEvent; readonly voiceServer: VoiceServerEvent } {
    for (const [name, id] of Object.entries(ids)) if (!isSnowflake(id)) throw new RangeError(`${name} is not a snowflake`);
    const { announcements, directory } = this.parts;
    const moves = directory.find(ids.guildId, ids.userId)?.channelId !== ids.channelId;
    const membership = this.#enter(ids);
    directory.renewToken(membership);
    announcements.state(membership);
    if (moves) this.#endSessionLater(membership, CloseCode.Disconnected, 'moved to another channel');
    return { voiceState: voiceStateEvent(membership, membership.channelId), voiceServer: announcements.serverEvent(membership) };
  }

  /** Moves a member, as a moderator can. */
  move(membership: Membership, channelId: Snowflake): void {
    if (membership.channelId === channelId) return;
    this.#place(this.#enter({ ...membership, channelId }));
  }

  /** Ends a membership: the user left, or was removed. */
  remove(membership: Membership, closeCode: number = CloseCode.Disconnected): void {
    const { userId, guildId, channelId } = membership;
    this.parts.directory.remove(membership);
    this.parts.events.emit({ type: 'left', userId, guildId, channelId });
    this.parts.announcements.left(voiceStateEvent(membership, null));
    this.#endSessionLater(membership, closeCode, 'disconnected');
  }

  /** Simulates a second leave of the user: an echo of the previous session. */
  staleLeave(guildId: Snowflake, userId: Snowflake): void {
    const sessionId = this.parts.directory.formerSession(guildId, userId) ?? NO_SESSION_ID;
    this.parts.announcements.left(leaveEvent(guildId, userId, sessionId));
  }

  /** Deletes a channel: removes everybody from it, and nobody can join it. */
  deleteChannel(guildId: Snowflake, channelId: Snowflake): void {
    this.parts.faults.closedChannels.add(channelId);
    this.parts.announcements.channelDeleted(guildId, channelId);
    this.endCall(guildId, channelId);
  }

  /** Deletes a guild, or makes it unavailable: removes everybody from its channels. */
  deleteGuild(guildId: Snowflake, unavailable: boolean): void {
    this.parts.announcements.guildDeleted(guildId, unavailable);
    for (const membership of this.parts.directory.ofGuild(guildId)) this.remove(membership, CloseCode.CallTerminated);
  }

  /** A moderator removes a user. A user who was alone in the channel gets the code for an ended call: discord-api-docs #7575. */
  kick(membership: Membership, code?: number): void {
    const { guildId, channelId } = membership;
    const alone = this.parts.directory.ofGuild(guildId).filter((other) => other.channelId === channelId).length === 1;
    this.remove(membership, code ?? (alone ? CloseCode.CallTerminated : CloseCode.Disconnected));
  }

  /** Moves from the audience of a stage to its speakers, or back. */
  suppress(membership: Membership, suppressed: boolean): void {
    if (!this.parts.directory.isStage(membership.channelId) || membership.suppressed === suppressed) return;
    membership.suppressed = suppressed;
    this.parts.announcements.state(membership);
  }

  /** A moderator mutes or deafens a user, or ends that. */
  silence(membership: Membership, change: Partial<Pick<Membership, 'muted' | 'deafened'>>): void {
    const { muted, deafened } = membership;
    Object.assign(membership, change);
    if (membership.muted !== muted || membership.deafened !== deafened) this.parts.announcements.state(membership);
  }

  /** Everybody leaves the channel. */
  endCall(guildId: Snowflake, channelId: Snowflake): void {
    for (const membership of this.parts.directory.ofGuild(guildId))
      if (membership.channelId === channelId) this.remove(membership, CloseCode.CallTerminated);
  }

  /** The user's bot gateway has a new session; see `faults.reidentifyGateway`. */
  reidentify(userId: Snowflake, { code, shard, state }: Required<ReidentifyOptions>): void {
    const { announcements, directory } = this.parts;
    const members = directory.ofUser(userId).filter(({ guildId }) => isShardOf(guildId, shard));
    for (const membership of members) {
      directory.renewSession(membership);
      membership.awaitsCommand = true;
    }
    const session_id = members[0]?.sessionId ?? NO_SESSION_ID;
    const ready: ReadyEvent = { v: 10, user: { id: userId, bot: true }, guilds: [], session_id, shard };
    announcements.ready(ready);
    for (const membership of members) {
      if (state === 'at-once') announcements.state(membership);
      this.#endSessionLater(membership, code, 'the bot gateway has a new session');
    }
  }

  /** Gives a member a new session id, without any explanation. */
  renewSession(membership: Membership, code: number): void {
    this.parts.directory.renewSession(membership);
    this.#place(membership, code);
  }

  /** Sends each member of a guild VOICE_SERVER_UPDATE with a new token. Their sessions continue until they identify again. */
  nameServer(guildId: Snowflake): void {
    this.parts.directory.setHasServer(guildId, true);
    for (const membership of this.parts.directory.ofGuild(guildId)) this.parts.announcements.server(membership);
  }

  /** The voice server crashed, or is back: informs the members. If their guild has no server, they wait for one anyway. */
  afterCrash(): void {
    const { directory, settings, announcements } = this.parts;
    if (settings.tokenAfterRestart === 'accept') for (const membership of directory.all) membership.tokenUsed = false;
    if (settings.afterCrash === 'nothing') return;
    for (const membership of directory.all)
      if (directory.hasServer(membership.guildId) && !membership.awaitsCommand) announcements.server(membership);
  }

  /** Sends the guild's members its new region. Null: their sessions continue until they identify again. */
  async changeRegion(guildId: Snowflake, code: number | null): Promise<string> {
    const { endpoint } = await this.parts.regions.change(guildId);
    this.nameServer(guildId);
    if (code === null) return endpoint;
    const members = this.parts.directory.ofGuild(guildId);
    for (const membership of members) this.#endSessionLater(membership, code, 'the region changed');
    return endpoint;
  }

  /** The guild's voice server goes away: `endpoint` null for each member, and their sessions end. */
  nullEndpoint(guildId: Snowflake): void {
    this.parts.directory.setHasServer(guildId, false);
    for (const membership of this.parts.directory.ofGuild(guildId)) {
      this.parts.announcements.server(membership);
      this.#endSessionLater(membership, CloseCode.Disconnected, 'the voice server went away');
    }
  }

  #enter(ids: MembershipIds): Membership {
    const { userId, guildId, channelId } = ids;
    const before = this.parts.directory.find(guildId, userId)?.channelId;
    const membership = this.parts.directory.enter(ids);
    if (before === undefined) this.parts.events.emit({ type: 'joined', userId, guildId, channelId });
    else if (before !== channelId) this.parts.events.emit({ type: 'moved', userId, guildId, channelId });
    return membership;
  }

  /** The member is in a new channel, or must connect again: its current session ends. */
  #place(membership: Membership, code: number = CloseCode.Disconnected): void {
    this.parts.announcements.place(membership);
    this.#endSessionLater(membership, code, 'moved to another channel');
  }

  /** Ends the session after the events posted so far. It is the current session: by then the user may have identified again. */
  #endSessionLater(membership: Membership, code: number, reason: string): void {
    const session = this.parts.registry.ofMember(membership);
    if (session === undefined) return;
    const { registry, tasks } = this.parts;
    tasks.post(() => session.region.udp.behind(() => registry.end(session, code, reason)));
  }
}
