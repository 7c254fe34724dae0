/** The one way out for datagrams to sessions. */
import type { FaultState } from '../faults/state.js';
import type { VoiceSession } from '../sessions/voice-session.js';

/** Whether a session can be sent audio: it has a key, and has said where to. */
export function isReady({ seal, target }: VoiceSession): boolean {
  return seal !== undefined && target !== undefined;
}

/** A packet under the key, mode and counter of a session that is ready. @param clear bytes that stay in the clear */
export function sealFor({ seal }: VoiceSession, packet: Uint8Array, clear: number): Uint8Array {
  return seal!.seal(packet.subarray(0, clear), packet.subarray(clear));
}

/** Sends what is sealed. */
export class Outbound {
  constructor(private readonly faults: FaultState) {}

  /** False, and nothing is sent, while a fault has silenced the receiver or taken the port away. */
  send(datagram: Uint8Array, { userId, target, region }: VoiceSession): boolean {
    return target !== undefined && !this.faults.silent.media.has(userId) && region.udp.send(datagram, target);
  }
}
