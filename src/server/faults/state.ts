/** The settings of the faults, read by the parts of the server that they affect. */
import type { Snowflake } from '../../types.js';
import type { DatagramRule } from '../traffic/datagram-rule.js';
import type { SocketKind } from './control.js';
import { HoldPoints } from './hold-points.js';
import { RateLimiter } from './rate-limiter.js';
import { Refusals } from './refusals.js';
import type { EventOrder, WithheldEvent } from './signalling.js';
import type { AnnouncedMessage, RefusedStage, WithheldStage } from './stages.js';

/** Written by the faults, read by all other parts. */
export class FaultState {
  /** Messages of the server that can be held back. */
  readonly stages = new HoldPoints<WithheldStage>();
  /** Bot gateway events that can be held back. */
  readonly gatewayEvents = new HoldPoints<WithheldEvent>();
  /** Close codes in place of a step. */
  readonly refusals = new Refusals<RefusedStage>();
  /** Close codes right after a message. */
  readonly afterwards = new Refusals<AnnouncedMessage>();
  readonly limiter = new RateLimiter();
  /** Users whose sockets are open but dead. */
  readonly silent: Readonly<Record<SocketKind, Set<Snowflake>>> = { control: new Set(), media: new Set() };
  /** Channels that nobody can join: op 4 is not answered. */
  readonly closedChannels = new Set<Snowflake>();
  heartbeatsIgnored = false;
  /** How many further discovery replies are dropped. */
  discoveryLosses = 0;
  /** How many further packets of a user are sent unencrypted. */
  readonly plainPackets = new Map<Snowflake, number>();
  rule: DatagramRule | undefined;

  constructor(public eventOrder: EventOrder) {}
}
