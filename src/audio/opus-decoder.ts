/** Opus packets to PCM, by libopus compiled to WebAssembly (`opusscript`): nothing to build, about 34 µs a frame. */
import { opusPacketSamples } from '../protocol/opus-packet.js';
import type { OpusFrame } from '../types.js';
import { OpusDecoderError } from './errors.js';
import { closeDecoderHeap, DecoderHeap, openDecoderHeap } from './opus-heap.js';

/** Turns the packets of one stream into PCM. It remembers the packets before, so each stream needs its own. */
export interface OpusDecoder {
  /**
   * The PCM of one packet: signed 16-bit samples at 48 kHz, left and right interleaved, 1920 of them for 20 ms. Mono is
   * given on both sides. The array is the caller's.
   *
   * @throws OpusDecoderError for what is no Opus packet, one longer than 60 ms or 3828 bytes, and after `free()`
   */
  decode(frame: OpusFrame): Int16Array;
  /** Gives the memory back, for the next decoder. To be called when the stream ends; calling it twice does nothing. */
  free(): void;
}

/**
 * Makes a decoder. Each has a heap of its own, of about 0.3 MB; making one takes about 2 ms, or nothing when one was freed before.
 *
 * @throws OpusDecoderError when there is no memory for it
 */
export function createOpusDecoder(): OpusDecoder {
  return new HeapDecoder(openDecoderHeap());
}

class HeapDecoder implements OpusDecoder {
  #heap: DecoderHeap | undefined;

  constructor(heap: DecoderHeap) {
    this.#heap = heap;
  }

  decode(frame: OpusFrame): Int16Array {
    if (this.#heap === undefined) throw new OpusDecoderError('this Opus decoder was freed: make another one');
    const samples = opusPacketSamples(frame);
    if (typeof samples === 'string') throw new OpusDecoderError(`this is not an Opus packet: ${samples}`);
    if (samples > DecoderHeap.MAX_SAMPLES || frame.length > DecoderHeap.MAX_PACKET_BYTES) {
      throw new OpusDecoderError(
        `this packet is ${samples / 48} ms and ${frame.length} bytes long, and opusscript takes 60 ms and ` +
          `${DecoderHeap.MAX_PACKET_BYTES} bytes at most: encode with 20 ms a packet, as Discord wants it`,
      );
    }
    return this.#heap.decode(frame);
  }

  free(): void {
    if (this.#heap !== undefined) closeDecoderHeap(this.#heap);
    this.#heap = undefined;
  }
}
