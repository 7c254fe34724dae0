/** The one way out for datagrams to sessions. */
import { RTP_HEADER_BYTES } from '../../protocol/rtp.js';
import type { FaultState } from '../faults/state.js';
import type { VoiceSession } from '../sessions/voice-session.js';

/** Whether a session can be sent audio: it has a key, and has said where to. */
export function isReady({ seal, target }: VoiceSession): boolean {
  return seal !== undefined && target !== undefined;
}

/** What a one-byte extension begins with, RFC 8285 section 4.2: where there is one, behind the fixed header. */
const [PROFILE_HIGH, PROFILE_LOW] = [0xbe, 0xde];

/**
 * A packet under the key, mode and counter of a session that is ready. `@discordjs/voice` 0.19 looks for an extension where one would be, and does
 * not look whether the header says that there is one: ciphertext that begins like one by chance, once in 65 536 packets, it would cut, and the frame
 * would be lost. Discord's packets nearly all have an extension; here such a one is sealed with the next nonce.
 *
 * @param clear bytes that stay in the clear
 */
export function sealFor({ seal }: VoiceSession, packet: Uint8Array, clear: number): Uint8Array {
  const [header, payload] = [packet.subarray(0, clear), packet.subarray(clear)];
  const datagram = seal!.seal(header, payload);
  const cut = clear === RTP_HEADER_BYTES && datagram[clear] === PROFILE_HIGH && datagram[clear + 1] === PROFILE_LOW;
  return cut ? seal!.seal(header, payload) : datagram;
}

/** Sends what is sealed. */
export class Outbound {
  constructor(private readonly faults: FaultState) {}

  /** False, and nothing is sent, while a fault has silenced the receiver or taken the port away. */
  send(datagram: Uint8Array, { userId, target, region }: VoiceSession): boolean {
    return target !== undefined && !this.faults.silent.media.has(userId) && region.udp.send(datagram, target);
  }
}
