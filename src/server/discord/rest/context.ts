/** What every route works with. */
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
  /** Where the bot gateway is. */
  gatewayUrl(): string;
  /** How many sessions of the bot gateway were begun. */
  sessionsBegun(): number;
}
