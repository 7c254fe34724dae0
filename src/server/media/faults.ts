/** Carries out the faults of the UDP side. */
import type { MediaFaults } from '../faults/media.js';
import type { FaultState } from '../faults/state.js';
import type { MediaPort } from './port.js';

/** What the faults act on. */
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
    plainPackets: (userId, count) => {
      if (count > 0) state.plainPackets.set(userId, count);
      else state.plainPackets.delete(userId);
    },
    forwarding: (options) => media.setForwarding(options),
  };
}
