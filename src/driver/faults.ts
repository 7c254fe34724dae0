/** From what a flow errored with to the fault that recovery decides on, and back to what the user is told. */
import { closedError, VoiceSocketClosedError, VoiceTimeoutError } from '../errors.js';
import type { VoiceFault } from './recovery.js';

/** The UDP socket was lost, or could not be opened. */
export class UdpLost extends Error {
  constructor(cause: unknown) {
    super(`the UDP socket was lost: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The fault that an error stands for; undefined for those that no recovery can help, such as a missing capability. */
export function faultOf(error: unknown, wasReady: boolean): VoiceFault | undefined {
  if (error instanceof VoiceSocketClosedError) return { type: 'closed', closeCode: error.closeCode, wasReady };
  if (error instanceof VoiceTimeoutError && error.stage !== 'signalling')
    return { type: 'timeout', stage: error.stage, ms: error.ms, wasReady };
  if (error instanceof UdpLost) return { type: 'udp', message: error.message, wasReady };
  return undefined;
}

/** What the user is told when recovery gives up. */
export function failureOf(error: unknown): unknown {
  if (error instanceof VoiceSocketClosedError) return closedError(error);
  if (error instanceof UdpLost) return new VoiceSocketClosedError(1006, error.message, { cause: error.cause });
  return error;
}
