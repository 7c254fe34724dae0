/** The only way to send datagrams to sessions. */
import { RTP_HEADER_BYTES } from '../../protocol/rtp.js';
import type { FaultState } from '../faults/state.js';
import type { VoiceSession } from '../sessions/voice-session.js';

/** Whether a session can be sent audio: it has a key and a target address. */
export function isReady({ seal, target }: VoiceSession): boolean {
  return seal !== undefined && target !== undefined;
}

/** The first bytes of a one-byte extension, RFC 8285 section 4.2: if present, it follows the fixed header. */
const [PROFILE_HIGH, PROFILE_LOW] = [0xbe, 0xde];

/**
 * Encrypts a packet with the key, mode and counter of a session that is ready. `@discordjs/voice` 0.19 looks for a header extension without checking
 * the X bit. If ciphertext begins like one by chance, once in 65 536 packets, it would remove those bytes, and the frame would be lost. Nearly all of
 * Discord's packets have an extension. Here such a packet is encrypted again, with the next nonce.
 *
 * @param clear the number of bytes that stay unencrypted
 */
export function sealFor({ seal }: VoiceSession, packet: Uint8Array, clear: number): Uint8Array {
  const [header, payload] = [packet.subarray(0, clear), packet.subarray(clear)];
  const datagram = seal!.seal(header, payload);
  const cut = clear === RTP_HEADER_BYTES && datagram[clear] === PROFILE_HIGH && datagram[clear + 1] === PROFILE_LOW;
  return cut ? seal!.seal(header, payload) : datagram;
}

/** Sends encrypted datagrams. */
export class Outbound {
  constructor(private readonly faults: FaultState) {}

  /** Returns false, and sends nothing, while a fault has silenced the receiver or closed the port. */
  send(datagram: Uint8Array, { userId, target, region }: VoiceSession): boolean {
    return target !== undefined && !this.faults.silent.media.has(userId) && region.udp.send(datagram, target);
  }
}
