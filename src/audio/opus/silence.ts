/** Opus packets that replace missing ones, made without an encoder: silence, or no data at all. */
import { OPUS_GRID } from '../../protocol/opus-packet.js';

/** Samples of the longest single frame, 20 ms in CELT mode. */
const LONGEST = 960;
/** CELT, fullband, 2.5 ms, one mono frame; each of the next three configurations lasts twice as long. RFC 6716 table 2. */
const FIRST_TOC = 28 << 3;
const STEREO = 1 << 2;
/** The bits of the TOC byte with the number of frames: 0 for one. */
const FRAME_COUNT = 3;

/**
 * One packet of silence: `F8 FF FE` for 20 ms of mono, `FC FF FE` for stereo, and similar ones for 10, 5 and 2.5 ms. Its two bytes
 * of data set CELT's silence flag and nothing else (RFC 6716 section 4.3), so the decoder goes silent and keeps no state.
 *
 * @param samples of the gap, at least {@link OPUS_GRID}; the packet is the longest one that fits into it
 * @param stereo like the packets around it: a change of channels is a change of mode, over which decoders fade
 */
export function opusSilence(samples: number, stereo: boolean): { readonly packet: Uint8Array; readonly samples: number } {
  let length = LONGEST;
  let config = 3;
  while (length > samples && config > 0) {
    length /= 2;
    config -= 1;
  }
  const toc = FIRST_TOC + (config << 3) + (stereo ? STEREO : 0);
  return { packet: Uint8Array.of(toc, 0xff, 0xfe), samples: length };
}

/**
 * A packet without data, in the mode of another one: its decoder conceals, as if that packet had been lost. In the middle of speech,
 * silence would change the decoder's state, and this does not; after a frame of silence CELT takes some 100 ms to get loud again.
 * Source: RFC 7845 section 4.1; RFC 6716 section 3.2.1, on frames of no bytes.
 *
 * @param like a packet whose mode, bandwidth, frame length and channels are used
 */
export function opusNothing(like: Uint8Array): Uint8Array {
  return Uint8Array.of(like[0]! & ~FRAME_COUNT);
}

/** Whether a packet is stereo, by its TOC byte. RFC 6716 section 3.1. */
export function isStereoPacket(packet: Uint8Array): boolean {
  return (packet[0]! & STEREO) !== 0;
}
