/** Decodes Opus packets with libopus compiled to WebAssembly: nothing to build, about 40 µs per frame. */
import type { OpusFrame } from '../../types.js';
import { OpusDecoderError } from '../errors.js';
import { whyNoCodec } from './build.js';
import type { OpusCodec } from './codec.js';
import { HeldCodec } from './held.js';
import { soundLoss, soundPacket } from './sound-packet.js';

/** Decodes the packets of one stream to PCM. It keeps state between packets, so each stream needs its own. */
export interface OpusDecoder extends OpusCodec {
  /**
   * The PCM of one packet of 2.5 to 120 ms: signed 16-bit samples at 48 kHz, left and right interleaved, 1920 of them for 20 ms.
   * Mono is played on both sides. The caller owns the array.
   *
   * @throws OpusDecoderError if it is not an Opus packet, and after `free()`
   */
  decode(frame: OpusFrame): Int16Array;
  /**
   * Packet loss concealment by libopus: the last sound, prolonged, and quieter with each call. It is silence before the first
   * packet.
   *
   * @param samples per channel, at 48 kHz; a multiple of 120 (2.5 ms), and 5760 (120 ms) at most
   * @throws OpusDecoderError for any other number of samples, and after `free()`
   */
  conceal(samples: number): Int16Array;
  /**
   * The `samples` before the packet `next`, from the copy that it carries; if it has none, they are concealed.
   *
   * @throws OpusDecoderError if it is not an Opus packet, for a number of samples that `conceal` refuses, and after `free()`
   */
  decodeFec(next: OpusFrame, samples: number): Int16Array;
  /** Frees the memory for the next codec. Call it when the stream ends; calling it twice does nothing. */
  free(): void;
}

/**
 * Makes a decoder. It takes 27 KB and some µs; the first codec of a process takes 17 MB (mostly never touched) and 10 ms.
 *
 * @throws OpusDecoderError if there is no memory for it, or if `@evan/opus` is not installed, such as next to a bundle that was moved
 */
export function createOpusDecoder(): OpusDecoder {
  try {
    return new HeapDecoder(new HeldCodec((heap) => heap.openDecoder()));
  } catch (error) {
    throw new OpusDecoderError(whyNoCodec(error, 'decoder'), { cause: error });
  }
}

class HeapDecoder implements OpusDecoder {
  readonly #held: HeldCodec;

  constructor(held: HeldCodec) {
    this.#held = held;
  }

  decode(frame: OpusFrame): Int16Array {
    return this.#run(soundPacket(frame));
  }

  conceal(samples: number): Int16Array {
    return this.#run(null, soundLoss(samples));
  }

  decodeFec(next: OpusFrame, samples: number): Int16Array {
    return this.#run(soundPacket(next), soundLoss(samples), true);
  }

  free(): void {
    this.#held.free();
  }

  #run(packet: OpusFrame | null, samples?: number, fec?: boolean): Int16Array {
    const { place } = this.#held;
    if (place === undefined) throw new OpusDecoderError('this Opus decoder was freed: make another one');
    let pcm: Int16Array | number;
    try {
      pcm = place.heap.decode(place.at, packet, samples, fec);
    } catch (error) {
      throw new OpusDecoderError('libopus crashed: free() this decoder and make another one', { cause: error });
    }
    if (typeof pcm === 'number') throw new OpusDecoderError(`libopus refuses this packet (error ${pcm}): its audio data is damaged`);
    return pcm;
  }
}
