/** What rxvoice asks of an Opus decoder and encoder, so that others can be put in the place of those it brings. */
import type { OpusFrame } from '../../types.js';
import type { OpusEncoderOptions } from './encoder-options.js';

/**
 * Turns the packets of one stream into PCM: signed 16-bit samples at 48 kHz, left and right interleaved, 1920 of them for 20 ms,
 * in an array of the caller's. It remembers the packets before, so each stream gets its own. Only `decode` is needed.
 */
export interface OpusCodec {
  /** The PCM of one packet. Throws for what it cannot decode; the next packet is given to it all the same. */
  decode(frame: OpusFrame): Int16Array;
  /**
   * Packet loss concealment: what the audio would sound like for the next `samples` (at 48 kHz, a multiple of 120, 5760 at most)
   * for which no packet came. Without it the last frame is repeated, faded out.
   */
  conceal?(samples: number): Int16Array;
  /**
   * In-band FEC: the `samples` before the packet `next`, remade from the copy that `next` carries of them. It is called before
   * `decode(next)`, and only where the packet has such a copy. Source: RFC 6716 section 2.1.7.
   */
  decodeFec?(next: OpusFrame, samples: number): Int16Array;
  /** Gives its memory back; nothing is asked of it afterwards. */
  free?(): void;
}

/** Makes a decoder for one stream. */
export type OpusDecoderFactory = () => OpusCodec;

/** Turns the PCM of one stream into packets. */
export interface OpusPacketEncoder {
  /** The packet of one frame: signed 16-bit samples at 48 kHz, left and right interleaved, 1920 of them for 20 ms. */
  encode(pcm: Int16Array): OpusFrame;
  /** Gives its memory back; nothing is asked of it afterwards. */
  free?(): void;
}

/** Makes an encoder for one stream. */
export type OpusEncoderFactory = (options?: OpusEncoderOptions) => OpusPacketEncoder;
