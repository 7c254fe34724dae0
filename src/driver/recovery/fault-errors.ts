/** Converts the error of a flow to the fault that recovery decides on, and back to the error that the user gets. */
import { closedError, VoiceSocketClosedError, VoiceTimeoutError } from '../../errors.js';
import { CloseCode } from '../../protocol/close-codes.js';
import type { FaultKind } from '../../fault.js';
import { UdpLost } from '../ports.js';

/** The fault that an error stands for; undefined for errors that no recovery can fix, such as a missing capability. */
export function faultOf(error: unknown): FaultKind | undefined {
  if (error instanceof VoiceSocketClosedError)
    return error.closeCode === CloseCode.HeartbeatLost ? { type: 'acks' } : { type: 'closed', closeCode: error.closeCode };
  if (error instanceof VoiceTimeoutError) return { type: 'timeout', stage: error.stage, ms: error.ms };
  if (error instanceof UdpLost) return { type: 'udp', message: error.message };
  return undefined;
}

/** The close code of a fault; null if it has none. */
export function closeCodeOf(fault: FaultKind): number | null {
  if (fault.type === 'closed') return fault.closeCode;
  return fault.type === 'acks' ? CloseCode.HeartbeatLost : null;
}

/** The error that the user gets when recovery gives up. */
export function failureOf(error: unknown): unknown {
  if (error instanceof VoiceSocketClosedError) return closedError(error);
  if (error instanceof UdpLost) return new VoiceSocketClosedError(CloseCode.Abnormal, error.message, { cause: error.cause });
  return error;
}
