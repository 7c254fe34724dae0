/** What the faults have set, read by the parts of the server where it matters. */
import type { Snowflake } from '../../types.js';
import { Gate } from './hold-points.js';
import type { EventOrder } from '../options.js';
import { RateLimiter } from './rate-limiter.js';
import { Refusals } from './refusals.js';

/** What can be held back: the answer to the HTTP upgrade (`socket`), and messages of the server. */
export type WithheldStage = 'socket' | AnnouncedMessage;

/** Messages of the server that a socket can be closed right after. */
export type AnnouncedMessage = 'hello' | 'ready' | 'description' | 'resumed';

/**
 * Where a connection can be ended instead of going on:
 *
 * - `socket`: the HTTP upgrade is answered with a status, 400 to 599, in place of a WebSocket
 * - `hello`: no Hello
 * - `identify`: the Identify is refused, its token still good
 * - `ready`: the Identify is accepted, which uses its token up, but no Ready comes
 * - `discovery`: no reply to an IP discovery
 * - `select`: the Select Protocol is refused
 * - `description`: no Session Description
 * - `dave`: instead of going on with the client's key package, opcode 26
 * - `resume`: the Resume is refused
 */
export type RefusedStage =
  | 'socket'
  | 'hello'
  | 'identify'
  | 'ready'
  | 'discovery'
  | 'select'
  | 'description'
  | 'dave'
  | 'resume';

/** Bot gateway events that can be held back. `leave`: voice states without a channel, which are held by `state` too. */
export type WithheldEvent = 'state' | 'server' | 'leave';

/** Which of a user's two sockets. */
export type SocketKind = 'control' | 'media';

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

/**
 * What becomes of a datagram. A number delays it by as many milliseconds, and so lets later ones overtake it. A list says it of
 * each of several copies: `[]` is lost, `[0, 15]` comes twice.
 */
export type DatagramFate = 'pass' | 'drop' | 'duplicate' | number | readonly number[];
/** Decides for each audio datagram, by its own state or not. It must not throw. */
export type DatagramRule = (packet: DatagramInfo) => DatagramFate;

/** Written by `faults`, read by everybody else. */
export class FaultState {
  readonly stages = new Gate<WithheldStage>();
  readonly gatewayEvents = new Gate<WithheldEvent>();
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
