/** What the faults have set, read by the parts of the server where it matters. */
import type { Snowflake } from '../../types.js';
import type { DatagramRule } from '../traffic/datagram-rule.js';
import type { SocketKind } from './control.js';
import { HoldPoints } from './hold-points.js';
import { RateLimiter } from './rate-limiter.js';
import { Refusals } from './refusals.js';
import type { EventOrder, WithheldEvent } from './signalling.js';
import type { AnnouncedMessage, RefusedStage, WithheldStage } from './stages.js';

/** Written by `faults`, read by everybody else. */
export class FaultState {
  /** Messages that are held back. */
  readonly stages = new HoldPoints<WithheldStage>();
  /** Bot gateway events that are. */
  readonly gatewayEvents = new HoldPoints<WithheldEvent>();
  /** In place of a step. */
  readonly refusals = new Refusals<RefusedStage>();
  /** Right after a message. */
  readonly afterwards = new Refusals<AnnouncedMessage>();
  readonly limiter = new RateLimiter();
  /** Users whose sockets are dead, though open. */
  readonly silent: Readonly<Record<SocketKind, Set<Snowflake>>> = { control: new Set(), media: new Set() };
  /** Channels that nobody gets into: op 4 is not answered. */
  readonly closedChannels = new Set<Snowflake>();
  heartbeatsIgnored = false;
  /** How many further discovery replies get lost. */
  discoveryLosses = 0;
  rule: DatagramRule | undefined;

  constructor(public eventOrder: EventOrder) {}
}
