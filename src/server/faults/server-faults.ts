/** The faults that a test or a rehearsal can cause. docs/server.md shows the effect of each. */
import type { ControlFaults } from './control.js';
import type { MachineFaults } from './machine.js';
import type { MediaFaults } from './media.js';
import type { SignallingFaults } from './signalling.js';

/** All faults. A call takes effect at once; a fault that can be taken back lasts until then. */
export interface ServerFaults extends ControlFaults, MediaFaults, SignallingFaults, MachineFaults {}
