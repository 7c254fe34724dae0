/** What the bot gateways send about voice: asynchronously, in order, and held back while a fault says so. */
import type { Snowflake } from '../../types.js';
import type { FaultState } from '../faults/state.js';
import type { Directory, Membership } from '../sessions/directory.js';
import type { GuildRegions } from '../sessions/region.js';
import type { BotGateways } from './bot-gateways.js';
import { voiceServerEvent, voiceStateEvent, type ReadyEvent, type VoiceServerEvent, type VoiceStateEvent } from './payloads.js';
import type { TaskQueue } from './task-queue.js';

/** The parts that announcements use. */
export interface AnnouncementParts {
  readonly directory: Directory;
  readonly regions: GuildRegions;
  readonly gateways: BotGateways;
  readonly tasks: TaskQueue;
  readonly faults: FaultState;
}

/** Types of channels. Source: Discord docs, Channel, Channel Types. */
const GUILD_VOICE = 2;
const GUILD_STAGE_VOICE = 13;

/** One method for each kind of announcement. */
export class Announcements {
  constructor(private readonly parts: AnnouncementParts) {}

  /** Both events about a member's channel, in the configured order. */
  place(membership: Membership): void {
    const announce = [() => this.state(membership), () => this.server(membership)];
    if (this.parts.faults.eventOrder === 'server-first') announce.reverse();
    for (const one of announce) one();
  }

  /** Where a member is, sent to everybody. */
  state(membership: Membership): void {
    const event = voiceStateEvent(membership, membership.channelId);
    this.parts.tasks.post(() => this.parts.faults.gatewayEvents.pass('state', () => this.#tellOfState(event)));
  }

  /** A member's voice server, with a new token, sent to the member only. */
  server(membership: Membership): void {
    const { directory, faults, gateways, tasks } = this.parts;
    directory.renewToken(membership);
    membership.awaitsCommand = false;
    const event = this.serverEvent(membership);
    const dispatch = (): void => gateways.dispatch(membership.userId, 'VOICE_SERVER_UPDATE', event);
    tasks.post(() => faults.gatewayEvents.pass('server', dispatch));
  }

  /** A leave, sent to everybody. It is a voice state too, so it also waits while those are held. */
  left(event: VoiceStateEvent): void {
    const { gatewayEvents } = this.parts.faults;
    this.parts.tasks.post(() => gatewayEvents.pass('state', () => gatewayEvents.pass('leave', () => this.#tellOfState(event))));
  }

  /** A voice channel was deleted: sent to everybody. */
  channelDeleted(guildId: Snowflake, channelId: Snowflake): void {
    const type = this.parts.directory.isStage(channelId) ? GUILD_STAGE_VOICE : GUILD_VOICE;
    const channel = { id: channelId, guild_id: guildId, type };
    this.parts.tasks.post(() => this.parts.gateways.broadcast('CHANNEL_DELETE', channel));
  }

  /** A guild was deleted, or is unavailable: sent to the members. */
  guildDeleted(guildId: Snowflake, unavailable: boolean): void {
    const { directory, gateways, tasks } = this.parts;
    const users = directory.ofGuild(guildId).map(({ userId }) => userId);
    const guild = unavailable ? { id: guildId, unavailable } : { id: guildId };
    tasks.post(() => users.forEach((userId) => gateways.dispatch(userId, 'GUILD_DELETE', guild)));
  }

  /** A user's bot gateway has a new session: sent to the user. */
  ready(event: ReadyEvent): void {
    this.parts.tasks.post(() => this.parts.gateways.ready(event.user.id, event));
  }

  /** The current voice server event of a member. */
  serverEvent(membership: Membership): VoiceServerEvent {
    const { directory, regions } = this.parts;
    const { endpoint } = regions.of(membership.guildId);
    return voiceServerEvent(membership, directory.hasServer(membership.guildId) ? endpoint : null);
  }

  #tellOfState(event: VoiceStateEvent): void {
    this.parts.gateways.broadcast('VOICE_STATE_UPDATE', event);
  }
}
