/** Concealment by libopus, for decoders that have no method for it. */
import { OPUS_GRID } from '../../protocol/opus-packet.js';
import { CHANNELS } from '../pcm/pcm.js';

/** TOC configuration of CELT, fullband, 20 ms; the three before it are 10, 5 and 2.5 ms. RFC 6716 table 2. */
const CONFIG_20_MS = 31;
const STEREO = 1 << 2;

/**
 * A packet with one empty frame. libopus treats it as a lost frame: it conceals the length given by the first byte, in the mode of
 * the packet before. RFC 6716 section 3.2.1.
 *
 * @param samples of a loss; the packet covers at most 20 ms of it
 * @param like a packet with the same number of channels as the stream
 */
export function emptyPacket(samples: number, like: Uint8Array): Uint8Array {
  let config = CONFIG_20_MS;
  for (let length = OPUS_GRID * 8; length > samples; length /= 2) config -= 1;
  return Uint8Array.of((config << 3) | (like[0]! & STEREO));
}

/** Conceals `samples` by decoding one empty packet after the other. */
export function concealByEmptyPackets(decode: (packet: Uint8Array) => Int16Array, samples: number, like: Uint8Array): Int16Array {
  const pcm = new Int16Array(samples * CHANNELS);
  for (let at = 0; at < pcm.length; ) {
    const piece = decode(emptyPacket(samples - at / CHANNELS, like));
    pcm.set(piece, at);
    at += piece.length;
  }
  return pcm;
}
