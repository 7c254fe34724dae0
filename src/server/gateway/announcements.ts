/** What the bot gateways tell of voice: later than what caused it, in order, and held back where a fault says so. */
import type { Snowflake } from '../../types.js';
import type { FaultState } from '../faults/state.js';
import type { Directory, Membership } from '../sessions/directory.js';
import type { GuildRegions } from '../sessions/region.js';
import type { BotGateways } from './bot-gateways.js';
import { voiceServerEvent, voiceStateEvent, type ReadyEvent, type VoiceServerEvent, type VoiceStateEvent } from './payloads.js';
import type { TaskQueue } from './task-queue.js';

/** What announcements are made of. */
export interface AnnouncementParts {
  readonly directory: Directory;
  readonly regions: GuildRegions;
  readonly gateways: BotGateways;
  readonly tasks: TaskQueue;
  readonly faults: FaultState;
}

/** The type of a voice channel. */
const GUILD_VOICE = 2;

/** One method for each thing that can be told. */
export class Announcements {
  constructor(private readonly parts: AnnouncementParts) {}

  /** Both events about a member's place, in the order that is set. */
  place(membership: Membership): void {
    const announce = [() => this.state(membership), () => this.server(membership)];
    if (this.parts.faults.eventOrder === 'server-first') announce.reverse();
    for (const one of announce) one();
  }

  /** Where a member is, to everybody. */
  state(membership: Membership): void {
    const event = voiceStateEvent(membership, membership.channelId);
    this.parts.tasks.post(() => this.parts.faults.gatewayEvents.pass('state', () => this.#tellOfState(event)));
  }

  /** A member's voice server, with a new token, to the member alone. */
  server(membership: Membership): void {
    const { directory, faults, gateways, tasks } = this.parts;
    directory.renewToken(membership);
    membership.awaitsCommand = false;
    const event = this.serverEvent(membership);
    const dispatch = (): void => gateways.dispatch(membership.userId, 'VOICE_SERVER_UPDATE', event);
    tasks.post(() => faults.gatewayEvents.pass('server', dispatch));
  }

  /** A leave, to everybody. It is a state too, and waits with those as well. */
  left(event: VoiceStateEvent): void {
    const { gatewayEvents } = this.parts.faults;
    this.parts.tasks.post(() => gatewayEvents.pass('state', () => gatewayEvents.pass('leave', () => this.#tellOfState(event))));
  }

  /** That a voice channel is no more, to everybody. */
  channelDeleted(guildId: Snowflake, channelId: Snowflake): void {
    const channel = { id: channelId, guild_id: guildId, type: GUILD_VOICE };
    this.parts.tasks.post(() => this.parts.gateways.broadcast('CHANNEL_DELETE', channel));
  }

  /** That a user's bot gateway has a new session, to the user. */
  ready(event: ReadyEvent): void {
    this.parts.tasks.post(() => this.parts.gateways.ready(event.user.id, event));
  }

  /** What a member is told of its voice server now. */
  serverEvent(membership: Membership): VoiceServerEvent {
    const { directory, regions } = this.parts;
    const { endpoint } = regions.of(membership.guildId);
    return voiceServerEvent(membership, directory.hasServer(membership.guildId) ? endpoint : null);
  }

  #tellOfState(event: VoiceStateEvent): void {
    this.parts.gateways.broadcast('VOICE_STATE_UPDATE', event);
  }
}
