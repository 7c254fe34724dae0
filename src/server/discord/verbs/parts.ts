/** What the handles of guilds and members use. */
import type { Transports } from '../../../driver/ports.js';
import type { DiscordSettings } from '../plain/options.js';
import type { VoiceBridge } from '../voice/voice-bridge.js';
import type { World } from '../world/world.js';

/** Shared by all of them. */
export interface VerbParts {
  readonly world: World;
  readonly voice: VoiceBridge;
  readonly settings: DiscordSettings;
  /** For the sessions of simulated members. */
  readonly transports: Transports;
}
