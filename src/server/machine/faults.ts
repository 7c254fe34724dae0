/** Carries out the faults of the whole machine. */
import { CloseCode } from '../../protocol/close-codes.js';
import type { MachineFaults } from '../faults/machine.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { PowerSwitch } from './power-switch.js';

/** What the faults act on. */
export interface MachineFaultParts {
  readonly registry: SessionRegistry;
  readonly power: PowerSwitch;
  /** Informs the bot gateways about a crash. */
  readonly afterCrash: () => void;
}

/** The faults of the machine. */
export function createMachineFaults({ registry, power, afterCrash }: MachineFaultParts): MachineFaults {
  return {
    crash: () => {
      registry.endAll(CloseCode.ServerCrashed, 'the server crashed');
      afterCrash();
    },
    shutDown: () => power.off(),
    comeBack: () => power.on(),
    restart: (downMs) => power.cycle(downMs),
  };
}
