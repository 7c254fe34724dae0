/** What rxvoice requires of an Opus decoder and encoder, so that others can replace the default ones. */
import type { OpusFrame } from '../../types.js';
import type { OpusEncoderOptions } from './encoder-options.js';

/**
 * Decodes the packets of one stream to PCM: signed 16-bit samples at 48 kHz, left and right interleaved, 1920 of them for 20 ms,
 * in an array that the caller owns. It keeps state between packets, so each stream needs its own. Only `decode` is required.
 */
export interface OpusCodec {
  /** The PCM of one packet. Throws if it cannot be decoded; the next packet is passed to it in any case. */
  decode(frame: OpusFrame): Int16Array;
  /**
   * Packet loss concealment: an estimate of the next `samples` (at 48 kHz, a multiple of 120, 5760 at most) for which no packet
   * came. Without this method, the last frame is repeated and faded out.
   */
  conceal?(samples: number): Int16Array;
  /**
   * In-band FEC: the `samples` before the packet `next`, recovered from the copy that `next` carries. It is called before
   * `decode(next)`, and only if the packet has such a copy. Source: RFC 6716 section 2.1.7.
   */
  decodeFec?(next: OpusFrame, samples: number): Int16Array;
  /** Frees its memory; it is not used afterwards. */
  free?(): void;
}

/** Makes a decoder for one stream. */
export type OpusDecoderFactory = () => OpusCodec;

/** Encodes the PCM of one stream to packets. */
export interface OpusPacketEncoder {
  /** The packet of one frame: signed 16-bit samples at 48 kHz, left and right interleaved, 1920 of them for 20 ms. */
  encode(pcm: Int16Array): OpusFrame;
  /** Frees its memory; it is not used afterwards. */
  free?(): void;
}

/** Makes an encoder for one stream. */
export type OpusEncoderFactory = (options?: OpusEncoderOptions) => OpusPacketEncoder;
