/** Carries out the faults of the whole machine. */
import { CloseCode } from '../../protocol/close-codes.js';
import type { MachineFaults } from '../faults/machine.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { PowerSwitch } from './power-switch.js';

/** What they act on. */
export interface MachineFaultParts {
  readonly registry: SessionRegistry;
  readonly power: PowerSwitch;
}

/** The faults of the machine. */
export function createMachineFaults({ registry, power }: MachineFaultParts): MachineFaults {
  return {
    crash: () => registry.endAll(CloseCode.ServerCrashed, 'the server crashed'),
    shutDown: () => power.off(),
    comeBack: () => power.on(),
    restart: (downMs) => power.cycle(downMs),
  };
}
