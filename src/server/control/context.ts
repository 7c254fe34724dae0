/** The parts of one server that its control connections share. */
import type { EventLog } from '../events.js';
import type { FaultState } from '../faults/state.js';
import type { ServerSettings } from '../options.js';
import type { Directory } from '../sessions/directory.js';
import type { GuildRegions } from '../sessions/region.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { Suspicions } from '../suspicions.js';

/** Handed to each control connection. */
export interface ControlContext {
  readonly settings: ServerSettings;
  readonly directory: Directory;
  readonly registry: SessionRegistry;
  readonly faults: FaultState;
  readonly events: EventLog;
  readonly suspicions: Suspicions;
  readonly regions: GuildRegions;
}
