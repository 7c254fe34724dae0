/** One bot: its gateway, what it sends, and its seats in the guilds. */
import { Subject } from 'rxjs';
import type { Transports } from '../../driver/ports.js';
import { gatewayPort, type GatewayPayload, type GatewayPort } from '../../gateway/port.js';
import type { VoiceStateCommand } from '../../protocol/commands.js';
import { field } from '../../protocol/payloads.js';
import type { Snowflake } from '../../types.js';
import type { VirtualPacket } from './packet-reader.js';
import type { GuildCall } from './guild-call.js';
import { deedOf } from './deeds.js';
import { Seat, type SeatBot } from './seat.js';
import { virtualSocket$ } from './virtual-socket.js';
import { virtualUdp$ } from './virtual-udp.js';
import type { VirtualFrame } from './virtual-world.js';
import { VIRTUAL_IDS } from './voice-state.js';
import type { World } from './world.js';

/** What a bot uses of its world. */
export interface BotHost {
  readonly world: World;
  readonly guild: (guildId: Snowflake) => GuildCall;
  /** All bots of the world. */
  readonly bots: () => Iterable<VirtualBot>;
}

export class VirtualBot implements SeatBot {
  readonly userId: Snowflake;
  readonly gateway: GatewayPort;
  readonly transports: Transports;
  readonly commands$ = new Subject<VoiceStateCommand>();
  readonly deeds$ = new Subject<string>();
  readonly frames$ = new Subject<VirtualFrame>();
  readonly packets$ = new Subject<VirtualPacket>();
  readonly sockets$ = new Subject<string>();
  sessionId = 'session';
  readonly #host: BotHost;
  readonly #events$ = new Subject<GatewayPayload>();
  readonly #seats = new Map<Snowflake, Seat>();
  readonly #endpoints = new Map<string, Snowflake>();
  #current: Seat;

  constructor(host: BotHost, userId: Snowflake) {
    this.#host = host;
    this.userId = userId;
    this.#current = this.seat(VIRTUAL_IDS.guildId);
    this.gateway = gatewayPort(this.#events$, (command) => this.#command(command));
    this.transports = {
      socket$: (endpoint) => virtualSocket$(host.world, (first) => this.#seatOf(endpoint, first)),
      udp$: ({ port }) => virtualUdp$(host.world, this.#seatAt(port)),
    };
  }

  /** Whether somebody subscribes to the gateway. */
  get observed(): boolean {
    return this.#events$.observed;
  }

  get seats(): Iterable<Seat> {
    return this.#seats.values();
  }

  /** The seat in the guild of the last command. */
  get current(): Seat {
    return this.#current;
  }

  seat(guildId: Snowflake): Seat {
    let seat = this.#seats.get(guildId);
    if (seat === undefined) this.#seats.set(guildId, (seat = new Seat(this.#host.world, this.#host.guild(guildId), this, guildId)));
    return seat;
  }

  /** The test dispatches an event to the bot. */
  tell(t: string, d: Readonly<Record<string, unknown>>): void {
    for (const seat of this.#seats.values()) seat.note({ type: 'told', event: t });
    this.dispatch(t, d);
  }

  dispatch(t: string, d: Readonly<Record<string, unknown>>): void {
    if (t === 'READY') for (const seat of this.#seats.values()) seat.present = null;
    if (t === 'VOICE_STATE_UPDATE' && d['user_id'] === this.userId) this.#placed(d);
    this.hear(t, d);
  }

  hear(t: string, d: Readonly<Record<string, unknown>>): void {
    this.#events$.next({ op: 0, t, d });
  }

  endGateway(error: unknown): void {
    if (error === undefined) this.#events$.complete();
    else this.#events$.error(error);
  }

  endpointOf(guildId: Snowflake): string {
    return guildId === VIRTUAL_IDS.guildId ? 'voice.test:443' : `voice-${guildId}.test:443`;
  }

  named(endpoint: string, guildId: Snowflake): void {
    this.#endpoints.set(endpoint, guildId);
  }

  #command(command: VoiceStateCommand): void {
    this.commands$.next(command);
    this.#current = this.seat(command.d.guild_id);
    const deed = deedOf(command, this.#current.wish);
    if (deed !== undefined) this.deeds$.next(deed);
    this.#current.command(command.d.channel_id);
  }

  #placed(d: Readonly<Record<string, unknown>>): void {
    const seat = this.seat(typeof d['guild_id'] === 'string' ? d['guild_id'] : VIRTUAL_IDS.guildId);
    const channelId = typeof d['channel_id'] === 'string' ? d['channel_id'] : null;
    const before = seat.present;
    seat.placed(channelId, before !== channelId || 'suppress' in d || 'mute' in d);
    this.tellOthers(seat.guildId, d);
  }

  tellOthers(guildId: Snowflake, d: Readonly<Record<string, unknown>>): void {
    for (const other of this.#host.bots()) if (other !== this && other.#seats.has(guildId)) other.hear('VOICE_STATE_UPDATE', d);
  }

  /** Found by the first frame if it names a known guild, otherwise by the endpoint. */
  #seatOf(endpoint: string, first?: VirtualFrame): Seat {
    const [named, known] = [field(first?.d, 'server_id'), this.#endpoints.get(endpoint)];
    return this.#seats.get(String(named)) ?? this.#seats.get(String(known)) ?? this.#current;
  }

  #seatAt(port: number): Seat {
    return [...this.#seats.values()].find((seat) => seat.port === port) ?? this.#current;
  }
}
