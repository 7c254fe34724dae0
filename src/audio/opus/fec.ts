/** Whether an Opus packet carries a copy of the audio before it, and whether the next one may. */
import { opusPacketSamples } from '../../protocol/opus-packet.js';

/** Configurations from here on are CELT only, which has no FEC. RFC 6716 table 2. */
const FIRST_CELT_CONFIG = 16;
const STEREO = 1 << 2;
/** A frame of more than 20 ms holds one SILK frame for each 20 ms. */
const SILK_FRAME_SAMPLES = 960;

/**
 * Whether a packet has in-band FEC (LBRR). A SILK frame begins with its header bits: for each channel one voice-activity flag for
 * each SILK frame, then the LBRR flag.
 *
 * ```
 *  0   1            n
 *  +---+-- … --+----+------+---+-- … --+----+------+
 *  |VAD|  …    |VAD | LBRR |VAD|  …    |VAD | LBRR |   n VAD flags: 1 up to 20 ms, 2 or 3 above; the side channel where stereo
 *  +---+-- … --+----+------+---+-- … --+----+------+
 * ```
 * Packets of several frames are said to have none: Discord's have one. Source: RFC 6716 sections 4.2.3 and 4.2.4.
 */
export function hasFec(packet: Uint8Array): boolean {
  const toc = packet[0];
  if (toc === undefined || packet.length < 2) return false;
  if (!isSpeechCoded(packet) || (toc & 3) !== 0) return false;
  const samples = opusPacketSamples(packet);
  if (typeof samples === 'string') return false;
  const silkFrames = Math.max(1, samples / SILK_FRAME_SAMPLES);
  const flags = packet[1]!;
  const mid = (flags >> (7 - silkFrames)) & 1;
  const side = (toc & STEREO) === 0 ? 0 : (flags >> (6 - 2 * silkFrames)) & 1;
  return (mid | side) === 1;
}

/** Whether a packet is coded as speech, by SILK: a loss behind one that is not can only be concealed, for a copy needs SILK's memory. */
export function isSpeechCoded(packet: Uint8Array): boolean {
  return packet.length > 0 && packet[0]! >> 3 < FIRST_CELT_CONFIG;
}
