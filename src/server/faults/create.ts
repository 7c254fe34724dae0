/** The faults of one server. They stand apart from what they promise, so that the types of the package reach no further than that. */
import { createControlFaults, type ControlFaultParts } from '../control/faults.js';
import { createSignallingFaults, type SignallingFaultParts } from '../gateway/faults.js';
import { createMachineFaults, type MachineFaultParts } from '../machine/faults.js';
import { createMediaFaults, type MediaFaultParts } from '../media/faults.js';
import type { ServerFaults } from './server-faults.js';

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
