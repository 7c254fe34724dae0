/** Opus packets to PCM, by libopus compiled to WebAssembly: nothing to build, about 40 µs a frame. */
import type { OpusFrame } from '../../types.js';
import { OpusDecoderError } from '../errors.js';
import { whyNoCodec } from './build.js';
import type { OpusCodec } from './codec.js';
import { HeldCodec } from './held.js';
import { soundLoss, soundPacket } from './sound-packet.js';

/** Turns the packets of one stream into PCM. It remembers the packets before, so each stream needs its own. */
export interface OpusDecoder extends OpusCodec {
  /**
   * The PCM of one packet, of 2.5 to 120 ms: signed 16-bit samples at 48 kHz, left and right interleaved, 1920 of them for 20 ms.
   * Mono is given on both sides. The array is the caller's.
   *
   * @throws OpusDecoderError for what is no Opus packet, and after `free()`
   */
  decode(frame: OpusFrame): Int16Array;
  /**
   * What libopus makes up for packets that did not come: the last sound, prolonged, and fainter with each call. It is silence
   * before the first packet.
   *
   * @param samples for each channel, at 48 kHz; a multiple of 120 (2.5 ms), and 5760 (120 ms) at most
   * @throws OpusDecoderError for another number of samples, and after `free()`
   */
  conceal(samples: number): Int16Array;
  /**
   * The `samples` before the packet `next`, from the copy that it carries of them; where it has none they are concealed.
   *
   * @throws OpusDecoderError for what is no Opus packet, for a number of samples that `conceal` refuses, and after `free()`
   */
  decodeFec(next: OpusFrame, samples: number): Int16Array;
  /** Gives the memory back, for the next codec. To be called when the stream ends; calling it twice does nothing. */
  free(): void;
}

/**
 * Makes a decoder. It takes 27 KB, and some µs; the first codec of a process takes 17 MB (mostly never touched) and 10 ms.
 *
 * @throws OpusDecoderError when there is no memory for it, and where `@evan/opus` is not installed, as beside a bundle that was moved
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
