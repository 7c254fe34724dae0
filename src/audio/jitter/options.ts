/** The options and counters of a jitter buffer. */
import { fields, functionOf, type Check } from '../../checks/check.js';
import type { VoicePacket } from '../../types.js';
import { JITTER_DELAY, type JitterDelayOptions } from './delay.js';

/** Options of `JitterBuffer`. */
export interface JitterBufferOptions extends JitterDelayOptions {
  /**
   * Called with each packet that does not become an event: another copy of it was used (`duplicate`), or it has no position in the
   * stream, because it is from before the first packet or from before a restart of the sender (`stale`). It must not throw.
   */
  readonly onDrop?: (packet: VoicePacket, reason: 'duplicate' | 'stale') => void;
}

export const JITTER_BUFFER = {
  ...JITTER_DELAY,
  onDrop: functionOf('that is given each packet that becomes no event, and why'),
} satisfies Readonly<Record<keyof JitterBufferOptions, Check>>;
export const checkJitterBuffer = fields(JITTER_BUFFER);

/** What became of the packets. `pushed` is the sum of `frames`, `late`, `duplicates`, `stale`, and the packets that are held. */
export interface JitterCounts {
  pushed: number;
  frames: number;
  /** Positions reported as lost, including those whose packet came later. */
  lost: number;
  late: number;
  duplicates: number;
  stale: number;
  /** How often the sequence restarted: the jump was too large to be loss. */
  restarts: number;
}
