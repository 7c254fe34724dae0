/** Whether an Opus packet carries a copy of the audio before it, and whether the next one may. */
import { opusPacketSamples } from '../../protocol/opus-packet.js';

/** Configurations from here on are CELT only, which has no FEC. RFC 6716 table 2. */
const FIRST_CELT_CONFIG = 16;
const STEREO = 1 << 2;
/** The bits of the TOC byte with the number of frames. */
const FRAME_COUNT = 3;
/** The frame count byte of code 3: variable lengths, padding, and the count. */
const VARIABLE = 0x80;
const PADDED = 0x40;
const COUNT = 0x3f;
/** A frame of more than 20 ms holds one SILK frame for each 20 ms. */
const SILK_FRAME_SAMPLES = 960;

/**
 * Whether a packet has in-band FEC (LBRR). A SILK frame begins with its header bits: for each channel, one voice-activity flag per
 * SILK frame, then the LBRR flag.
 *
 * ```
 *  0   1            n
 *  +---+-- … --+----+------+---+-- … --+----+------+
 *  |VAD|  …    |VAD | LBRR |VAD|  …    |VAD | LBRR |   n VAD flags: 1 up to 20 ms, 2 or 3 above; the side channel where stereo
 *  +---+-- … --+----+------+---+-- … --+----+------+
 * ```
 * If a packet has several frames, the first one carries the copy, that of the frame before it. Source: RFC 6716 sections 4.2.3 and 4.2.4.
 */
export function hasFec(packet: Uint8Array): boolean {
  if (!isSpeechCoded(packet) || typeof opusPacketSamples(packet) === 'string') return false;
  const toc = packet[0]!;
  const flags = packet[firstFrameAt(packet)];
  if (flags === undefined) return false;
  const silkFrames = Math.max(1, Number(opusPacketSamples(Uint8Array.of(toc & ~FRAME_COUNT))) / SILK_FRAME_SAMPLES);
  const mid = (flags >> (7 - silkFrames)) & 1;
  const side = (toc & STEREO) === 0 ? 0 : (flags >> (6 - 2 * silkFrames)) & 1;
  return (mid | side) === 1;
}

/** Where the first frame of a packet with valid framing begins. RFC 6716 section 3.2. */
function firstFrameAt(packet: Uint8Array): number {
  switch (packet[0]! & FRAME_COUNT) {
    case 0:
    case 1:
      return 1;
    case 2:
      return behindLength(packet, 1);
    default: {
      const header = packet[1]!;
      let at = 2;
      if ((header & PADDED) !== 0) while (packet[at++] === 255);
      if ((header & VARIABLE) !== 0) for (let frame = 1; frame < (header & COUNT); frame++) at = behindLength(packet, at);
      return at;
    }
  }
}

/** Skips a length of one byte, or of two bytes from 252 on. */
function behindLength(packet: Uint8Array, at: number): number {
  return packet[at]! < 252 ? at + 1 : at + 2;
}

/** Whether a packet is coded as speech, by SILK. After any other packet a loss can only be concealed, because the copy needs SILK's state. */
export function isSpeechCoded(packet: Uint8Array): boolean {
  return packet.length > 0 && packet[0]! >> 3 < FIRST_CELT_CONFIG;
}
