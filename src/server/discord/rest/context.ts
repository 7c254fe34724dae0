/** What every route uses. */
import type { DiscordSettings } from '../plain/options.js';
import type { VoiceBridge } from '../voice/voice-bridge.js';
import type { World } from '../world/world.js';

/** Shared by all of them. */
export interface RestContext {
  readonly world: World;
  readonly voice: VoiceBridge;
  readonly settings: DiscordSettings;
  /** `flags` of the application. */
  readonly applicationFlags: number;
  /** The URL of the bot gateway. */
  gatewayUrl(): string;
  /** How many sessions of the bot gateway have begun. */
  sessionsBegun(): number;
}
