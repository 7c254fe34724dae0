/** The faults that a test, or somebody rehearsing a bot, can call for. docs/server.md shows each at work. */
import { createControlFaults, type ControlFaultParts, type ControlFaults } from './faults/control.js';
import { createMachineFaults, type MachineFaultParts, type MachineFaults } from './faults/machine.js';
import { createMediaFaults, type MediaFaultParts, type MediaFaults } from './faults/media.js';
import { createSignallingFaults, type SignallingFaultParts, type SignallingFaults } from './faults/signalling.js';

/** Everything that can be made to go wrong. A call takes effect at once, and lasts until taken back where that can be. */
export interface ServerFaults extends ControlFaults, MediaFaults, SignallingFaults, MachineFaults {}

/** What the faults act on. */
export type FaultParts = ControlFaultParts & MediaFaultParts & SignallingFaultParts & MachineFaultParts;

/** The faults of one server. */
export function createFaults(parts: FaultParts): ServerFaults {
  return {
    ...createControlFaults(parts),
    ...createMediaFaults(parts),
    ...createSignallingFaults(parts),
    ...createMachineFaults(parts),
  };
}
