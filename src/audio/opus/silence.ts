/** Opus packets that stand in for what is missing, made without an encoder: silence, and nothing at all. */
import { OPUS_GRID } from '../../protocol/opus-packet.js';

/** Samples of the longest single frame, 20 ms in CELT mode. */
const LONGEST = 960;
/** CELT, fullband, 2.5 ms, one mono frame; each of the next three configurations lasts twice as long. RFC 6716 table 2. */
const FIRST_TOC = 28 << 3;
const STEREO = 1 << 2;
/** The bits of the TOC byte that say how many frames there are: 0 for one. */
const FRAME_COUNT = 3;

/**
 * One packet of silence: `F8 FF FE` for 20 ms of mono, `FC FF FE` for stereo, and their like of 10, 5 and 2.5 ms. Its two bytes
 * of data set CELT's silence flag and nothing else (RFC 6716 section 4.3), so the decoder goes quiet and keeps no state.
 *
 * @param samples of the gap, at least {@link OPUS_GRID}; the packet is the longest one that is not longer than it
 * @param stereo as the packets around it are: a change of channels is a change of mode, which decoders fade over
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
 * A packet without data, in the mode of another one: its decoder conceals, as if that packet had been lost. Unlike silence in the
 * middle of speech it leaves the decoder's memory as it is; after a frame of silence CELT takes some 100 ms to get loud again.
 * Source: RFC 7845 section 4.1; RFC 6716 section 3.2.1, on frames of no bytes.
 *
 * @param like its mode, bandwidth, frame length and channels are taken
 */
export function opusNothing(like: Uint8Array): Uint8Array {
  return Uint8Array.of(like[0]! & ~FRAME_COUNT);
}

/** Whether a packet's audio is stereo, as its TOC byte says. RFC 6716 section 3.1. */
export function isStereoPacket(packet: Uint8Array): boolean {
  return (packet[0]! & STEREO) !== 0;
}
