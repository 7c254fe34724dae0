/** Encodes PCM to Opus packets, with the same libopus as the decoder: about 130 µs per frame of 20 ms. */
import type { OpusFrame } from '../../types.js';
import { OpusEncoderError } from '../errors.js';
import { whyNoCodec } from './build.js';
import type { OpusPacketEncoder } from './codec.js';
import { encoderRequests, opusEncoding, requireFrameLength, type OpusEncoderOptions, type OpusEncoding } from './encoder-options.js';
import { HeldCodec } from './held.js';

export type { OpusEncoderOptions } from './encoder-options.js';

/** Encodes PCM to the packets of one stream. */
export interface OpusEncoder extends OpusPacketEncoder {
  /**
   * The packet of one frame: signed 16-bit samples at 48 kHz, left and right interleaved. 1920 of them are 20 ms, which Discord
   * expects; 2.5, 5, 10, 40, 60, 80, 100 and 120 ms are accepted too, unless `frameDuration` is given. The caller keeps the array.
   *
   * @throws OpusEncoderError for any other number of samples, and after `free()`
   */
  encode(pcm: Int16Array): OpusFrame;
  /** Frees the memory for the next codec. Call it when the stream ends; calling it twice does nothing. */
  free(): void;
}

/**
 * Makes an encoder for 48 kHz stereo. It takes 48 KB, in addition to the cost of the first codec of a process: see `createOpusDecoder`.
 *
 * @throws VoiceOptionsError for an unknown option, or one that is out of range
 * @throws OpusEncoderError if there is no memory for it, or if `@evan/opus` is not installed, such as next to a bundle that was moved
 */
export function createOpusEncoder(options: OpusEncoderOptions = {}): OpusEncoder {
  const encoding = opusEncoding(options);
  let held: HeldCodec;
  try {
    held = new HeldCodec((heap) => heap.openEncoder(encoding.application));
  } catch (error) {
    throw new OpusEncoderError(whyNoCodec(error, 'encoder'), { cause: error });
  }
  const { heap, at } = held.place!;
  for (const [request, value] of encoderRequests(encoding)) heap.set(at, request, value);
  return new HeapEncoder(held, encoding);
}

class HeapEncoder implements OpusEncoder {
  readonly #held: HeldCodec;
  readonly #encoding: OpusEncoding;

  constructor(held: HeldCodec, encoding: OpusEncoding) {
    this.#held = held;
    this.#encoding = encoding;
  }

  encode(pcm: Int16Array): OpusFrame {
    const { place } = this.#held;
    if (place === undefined) throw new OpusEncoderError('this Opus encoder was freed: make another one');
    requireFrameLength(pcm.length, this.#encoding);
    let packet: Uint8Array | number;
    try {
      packet = place.heap.encode(place.at, pcm);
    } catch (error) {
      throw new OpusEncoderError('libopus crashed: free() this encoder and make another one', { cause: error });
    }
    if (typeof packet === 'number') throw new OpusEncoderError(`libopus does not encode this (error ${packet})`);
    return packet;
  }

  free(): void {
    this.#held.free();
  }
}
