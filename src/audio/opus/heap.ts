/**
 * One libopus decoder and encoder in a WebAssembly heap of their own.
 *
 * opusscript's own class puts all instances of a process into one heap and doubles the address of each PCM buffer by mistake
 * (a byte address indexes 16-bit numbers), so that an instance writes into another one's memory: with three of them alive
 * decoding already crashes or gives wrong audio. Its WebAssembly build is sound; here each codec has it to itself.
 */
import type { OpusHandler, OpusModule } from 'opusscript/build/opusscript_native_wasm.js';
import { CHANNELS, SAMPLE_RATE } from '../pcm/pcm.js';
import { opusBuild } from './build.js';

/** What an encoder is tuned for: libopus' OPUS_APPLICATION constants. A decoder is not told. */
export const APPLICATIONS = { voip: 2048, audio: 2049, lowdelay: 2051 } as const;
/** One of {@link APPLICATIONS}. */
export type OpusApplication = keyof typeof APPLICATIONS;

const BYTES_PER_SAMPLE = 2;
/** Heaps kept for the next codec. */
const SPARE_HEAPS = 16;

export class OpusHeap {
  /** 60 ms at 48 kHz, for each channel: what the build has room for, though a packet may last 120 ms. */
  static readonly MAX_SAMPLES = 2_880;
  /** The packet buffer that opusscript has, too: three frames of 1276 bytes. */
  static readonly MAX_PACKET_BYTES = 3_828;

  readonly #module: OpusModule;
  readonly #packetAt: number;
  readonly #pcmAt: number;
  #handler: OpusHandler | undefined;
  #broken = false;

  constructor() {
    this.#module = opusBuild()();
    this.#packetAt = this.#module._malloc(OpusHeap.MAX_PACKET_BYTES);
    // Two bytes for each byte of PCM: the build holds every byte as a 16-bit number.
    this.#pcmAt = this.#module._malloc(OpusHeap.MAX_SAMPLES * CHANNELS * BYTES_PER_SAMPLE * 2);
    if (this.#packetAt === 0 || this.#pcmAt === 0) throw new RangeError('the heap is full');
  }

  /** libopus crashed in it: it cannot be used any more. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Forgets the stream before, and begins another one. */
  start(application: OpusApplication): void {
    if (this.#handler !== undefined) this.#module.OpusScriptHandler.destroy_handler(this.#handler);
    this.#handler = new this.#module.OpusScriptHandler(SAMPLE_RATE, CHANNELS, APPLICATIONS[application]);
  }

  /** The packet's samples, interleaved, or a negative libopus error. It must be a sound packet within the limits. */
  decode(packet: Uint8Array): Int16Array | number {
    const heap = this.#module.HEAPU8;
    heap.set(packet, this.#packetAt);
    const samples = this.#run((handler) => handler._decode(this.#packetAt, packet.length, this.#pcmAt));
    if (samples < 0) return samples;
    const pcm = new Int16Array(samples * CHANNELS);
    for (let i = 0, at = this.#pcmAt; i < pcm.length; i++, at += 4) pcm[i] = heap[at]! | (heap[at + 2]! << 8);
    return pcm;
  }

  /** The packet of these interleaved samples, or a negative libopus error. They must be of a length that Opus has, within the limit. */
  encode(pcm: Int16Array): Uint8Array | number {
    const heap = this.#module.HEAPU8;
    for (let i = 0, at = this.#pcmAt; i < pcm.length; i++, at += 4) {
      heap[at] = pcm[i]!;
      heap[at + 1] = 0;
      heap[at + 2] = pcm[i]! >> 8;
      heap[at + 3] = 0;
    }
    const bytes = this.#run((handler) =>
      handler._encode(this.#pcmAt, pcm.length * BYTES_PER_SAMPLE, this.#packetAt, pcm.length / CHANNELS),
    );
    return bytes < 0 ? bytes : heap.slice(this.#packetAt, this.#packetAt + bytes);
  }

  /** Sets one of the encoder's values (OPUS_SET_...): 0, or a negative libopus error. */
  set(request: number, value: number): number {
    return this.#run((handler) => handler._encoder_ctl(request, value));
  }

  #run(call: (handler: OpusHandler) => number): number {
    if (this.#broken || this.#handler === undefined) throw new Error('this heap is not in use');
    try {
      return call(this.#handler);
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }
}

const spare: OpusHeap[] = [];

/**
 * A heap with a fresh decoder and encoder in it.
 *
 * @throws PackageError where the build is not installed; RangeError, or what WebAssembly throws, when there is no memory for it
 */
export function openOpusHeap(application: OpusApplication): OpusHeap {
  const heap = spare.pop() ?? new OpusHeap();
  heap.start(application);
  return heap;
}

/** Takes a heap back. Its codec must not be used any more. */
export function closeOpusHeap(heap: OpusHeap): void {
  if (spare.length < SPARE_HEAPS && !heap.broken) spare.push(heap);
}
