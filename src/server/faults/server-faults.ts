/** The faults that a test, or somebody rehearsing a bot, can call for. docs/server.md shows each at work. */
import type { ControlFaults } from './control.js';
import type { MachineFaults } from './machine.js';
import type { MediaFaults } from './media.js';
import type { SignallingFaults } from './signalling.js';

/** Everything that can be made to go wrong. A call takes effect at once, and lasts until taken back where that can be. */
export interface ServerFaults extends ControlFaults, MediaFaults, SignallingFaults, MachineFaults {}
