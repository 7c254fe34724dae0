/** Carries out the faults of the UDP side. */
import type { MediaFaults } from '../faults/media.js';
import type { FaultState } from '../faults/state.js';
import type { MediaPort } from './port.js';

/** What they act on. */
export interface MediaFaultParts {
  readonly state: FaultState;
  readonly media: MediaPort;
}

/** The faults of the UDP side. */
export function createMediaFaults({ state, media }: MediaFaultParts): MediaFaults {
  return {
    loseDiscoveryReplies: (count) => {
      state.discoveryLosses = count;
    },
    datagrams: (rule) => {
      state.rule = rule ?? undefined;
    },
    forwarding: (options) => media.setForwarding(options),
  };
}
