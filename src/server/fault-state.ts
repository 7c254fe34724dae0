/** What the faults have set, read by the parts of the server where it matters. */
import type { Snowflake } from '../types.js';
import { Gate } from './gate.js';
import type { EventOrder } from './options.js';

/** Server messages that can be held back. */
export type WithheldStage = 'hello' | 'ready' | 'description' | 'resumed';
/** Client messages that can be refused. */
export type RefusedStage = 'identify' | 'resume' | 'select';
/** Bot gateway events that can be held back. */
export type WithheldEvent = 'state' | 'server';

/** An audio datagram, as a rule sees it. */
export interface DatagramInfo {
  /** `inbound`: from a client, before it is opened. `outbound`: one copy, on its way to one member. */
  readonly direction: 'inbound' | 'outbound';
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  /** Whose audio it is. */
  readonly userId: Snowflake;
  /** Who is to get it; null when inbound. */
  readonly receiverId: Snowflake | null;
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
}

/** What becomes of a datagram. A number delays it by as many milliseconds, and so lets later ones overtake it. */
export type DatagramFate = 'pass' | 'drop' | 'duplicate' | number;
/** Decides for each audio datagram, by its own state or not. It must not throw. */
export type DatagramRule = (packet: DatagramInfo) => DatagramFate;

/** Written by `faults`, read by everybody else. */
export class FaultState {
  readonly stages = new Gate<WithheldStage>();
  readonly gatewayEvents = new Gate<WithheldEvent>();
  readonly refusals = new Map<RefusedStage, number>();
  heartbeatsIgnored = false;
  /** How many further discovery replies get lost. */
  discoveryLosses = 0;
  rule: DatagramRule | undefined;

  constructor(public eventOrder: EventOrder) {}
}
