/**
 * One libopus decoder in a WebAssembly heap of its own.
 *
 * opusscript's own class puts all instances of a process into one heap and doubles the address of each PCM buffer by mistake
 * (a byte address indexes 16-bit numbers), so that an instance writes into another one's memory: with three of them alive
 * decoding already crashes or gives wrong audio. Its WebAssembly build is sound; here each decoder has it to itself.
 */
import createModule, { type OpusHandler, type OpusModule } from 'opusscript/build/opusscript_native_wasm.js';
import { OpusDecoderError } from './errors.js';

const SAMPLE_RATE = 48_000;
const CHANNELS = 2;
/** OPUS_APPLICATION_AUDIO; the handler is an encoder too, which is not used. */
const APPLICATION = 2049;
const BYTES_PER_SAMPLE = 2;
/** Modules kept for the next decoder. */
const SPARE_HEAPS = 16;

export class DecoderHeap {
  /** 60 ms at 48 kHz, for each channel: what the build has room for, though a packet may last 120 ms. */
  static readonly MAX_SAMPLES = 2_880;
  /** The input buffer that opusscript has, too: three frames of 1276 bytes. */
  static readonly MAX_PACKET_BYTES = 3_828;

  readonly #module: OpusModule;
  readonly #packetAt: number;
  readonly #pcmAt: number;
  #handler: OpusHandler;
  #broken = false;

  constructor() {
    this.#module = createModule();
    this.#handler = this.#open();
    this.#packetAt = this.#module._malloc(DecoderHeap.MAX_PACKET_BYTES);
    // Two bytes for each byte of PCM: the build writes every byte as a 16-bit number.
    this.#pcmAt = this.#module._malloc(DecoderHeap.MAX_SAMPLES * CHANNELS * BYTES_PER_SAMPLE * 2);
    if (this.#packetAt === 0 || this.#pcmAt === 0) throw new RangeError('the heap is full');
  }

  /** The packet's samples, interleaved. It must be a sound packet within the limits. */
  decode(packet: Uint8Array): Int16Array {
    const heap = this.#module.HEAPU8;
    heap.set(packet, this.#packetAt);
    let samples: number;
    try {
      samples = this.#handler._decode(this.#packetAt, packet.length, this.#pcmAt);
    } catch (error) {
      this.#broken = true;
      throw new OpusDecoderError('libopus crashed: free() this decoder and make another one', { cause: error });
    }
    if (samples < 0) throw new OpusDecoderError(`libopus refuses this packet (error ${samples}): its audio data is damaged`);
    const pcm = new Int16Array(samples * CHANNELS);
    for (let i = 0, at = this.#pcmAt; i < pcm.length; i++, at += 4) pcm[i] = heap[at]! | (heap[at + 2]! << 8);
    return pcm;
  }

  /** Forgets the stream, to be used for another one. False when it cannot be used any more. */
  reset(): boolean {
    if (this.#broken) return false;
    this.#module.OpusScriptHandler.destroy_handler(this.#handler);
    this.#handler = this.#open();
    return true;
  }

  #open(): OpusHandler {
    return new this.#module.OpusScriptHandler(SAMPLE_RATE, CHANNELS, APPLICATION);
  }
}

const spare: DecoderHeap[] = [];

/** A heap with a fresh decoder in it. */
export function openDecoderHeap(): DecoderHeap {
  const known = spare.pop();
  if (known !== undefined) return known;
  try {
    return new DecoderHeap();
  } catch (error) {
    throw new OpusDecoderError(
      'no memory for another Opus decoder. Call free() on those that are no longer used, as soon as their stream ends',
      { cause: error },
    );
  }
}

/** Takes a heap back. Its decoder must not be used any more. */
export function closeDecoderHeap(heap: DecoderHeap): void {
  if (spare.length < SPARE_HEAPS && heap.reset()) spare.push(heap);
}
