/** What every WebSocket of the bot gateway uses. */
import type { EventLog } from '../plain/events.js';
import type { DiscordSettings } from '../plain/options.js';
import type { VoiceBridge } from '../voice/voice-bridge.js';
import type { World } from '../world/world.js';
import type { GatewayRefusal } from './refusals.js';
import type { ShardLink, ShardSession } from './shard-session.js';
import type { ShardSessions } from './sessions.js';

/** A WebSocket, as the payload handlers and the faults use it. */
export interface ShardSocket extends ShardLink {
  readonly context: GatewayContext;
  /** The API version from the URL. */
  readonly version: number;
  /** Undefined until Identify or Resume. */
  session: ShardSession | undefined;
  /** The client has shown that it is alive. */
  heard(): void;
  /** Sends anything but a dispatch, which needs a sequence number. */
  sendOp(op: number, d: unknown): void;
  refuse(refusal: GatewayRefusal): void;
  /** Breaks the connection, without a close frame. */
  drop(): void;
}

/** Shared by all of them. */
export interface GatewayContext {
  readonly world: World;
  readonly voice: VoiceBridge;
  readonly events: EventLog;
  readonly sessions: ShardSessions;
  readonly settings: DiscordSettings;
  /** The bot's token. A secret. */
  readonly token: string;
  readonly connections: Set<ShardSocket>;
  /** Set by faults. */
  readonly faults: { heartbeatsIgnored: boolean };
}
