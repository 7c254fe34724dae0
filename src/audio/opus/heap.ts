/**
 * The memory of libopus, and the codecs in it.
 *
 * All codecs of a process share one WebAssembly memory, in which a decoder takes 27 KB and an encoder 48 KB. That is safe, because a call
 * into libopus ends before the next one begins: the codecs share the two buffers through which packets and PCM pass, and each codec has
 * its own address. If libopus crashes, its memory cannot be trusted: every codec in it throws from then on, and new ones get a new memory.
 */
import { MAX_OPUS_PACKET_BYTES, MAX_OPUS_PACKET_SAMPLES } from '../../protocol/opus-packet.js';
import { CHANNELS, SAMPLE_RATE } from '../pcm/pcm.js';
import { instantiateLibopus } from './build.js';
import { APPLICATIONS, type Libopus } from './libopus.js';

const BYTES_PER_SAMPLE = 2;

export class OpusHeap {
  readonly #libopus: Libopus;
  readonly #packetAt: number;
  readonly #pcmAt: number;
  #bytes = new Uint8Array(0);
  #pcm = new Int16Array(0);
  #broken = false;

  constructor() {
    this.#libopus = instantiateLibopus();
    this.#packetAt = this.#allocate(MAX_OPUS_PACKET_BYTES);
    this.#pcmAt = this.#allocate(MAX_OPUS_PACKET_SAMPLES * CHANNELS * BYTES_PER_SAMPLE);
  }

  /** Whether libopus has crashed in it, so that it cannot be used any more. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Its size, in bytes. It only grows. */
  get size(): number {
    return this.#libopus.memory.buffer.byteLength;
  }

  /** The address of a new decoder. */
  openDecoder(): number {
    const libopus = this.#libopus;
    const at = this.#allocate(libopus.opus_decoder_get_size(CHANNELS));
    return this.#made(at, this.#run(() => libopus.opus_decoder_init(at, SAMPLE_RATE, CHANNELS)));
  }

  /** The address of a new encoder. */
  openEncoder(application: keyof typeof APPLICATIONS): number {
    const libopus = this.#libopus;
    const at = this.#allocate(libopus.opus_encoder_get_size(CHANNELS));
    return this.#made(at, this.#run(() => libopus.opus_encoder_init(at, SAMPLE_RATE, CHANNELS, APPLICATIONS[application])));
  }

  close(at: number): void {
    if (!this.#broken) this.#run(() => this.#libopus.free(at));
  }

  /**
   * The samples of a packet, interleaved, or a negative libopus error. The packet's framing must be valid.
   *
   * @param packet null conceals `samples` of a loss
   * @param samples the length of a loss; for a packet, the room for its samples
   * @param fec decodes the copy of the `samples` before the packet
   */
  decode(at: number, packet: Uint8Array | null, samples = MAX_OPUS_PACKET_SAMPLES, fec = false): Int16Array | number {
    if (packet !== null) this.#view().set(packet, this.#packetAt);
    const [from, bytes] = packet === null ? [0, 0] : [this.#packetAt, packet.length];
    const decoded = this.#run(() => this.#libopus.opus_decode(at, from, bytes, this.#pcmAt, samples, fec ? 1 : 0));
    return decoded < 0 ? decoded : this.#pcmView().slice(this.#pcmAt / BYTES_PER_SAMPLE, this.#pcmAt / BYTES_PER_SAMPLE + decoded * CHANNELS);
  }

  /** The packet of these interleaved samples, or a negative libopus error. Their number must be a valid Opus frame length. */
  encode(at: number, pcm: Int16Array): Uint8Array | number {
    this.#pcmView().set(pcm, this.#pcmAt / BYTES_PER_SAMPLE);
    const samples = pcm.length / CHANNELS;
    const bytes = this.#run(() => this.#libopus.opus_encode(at, this.#pcmAt, samples, this.#packetAt, MAX_OPUS_PACKET_BYTES));
    return bytes < 0 ? bytes : this.#view().slice(this.#packetAt, this.#packetAt + bytes);
  }

  /** Sets a parameter of an encoder; returns 0, or a negative libopus error. */
  set(at: number, request: number, value: number): number {
    return this.#run(() => this.#libopus.opus_encoder_ctl_set(at, request, value));
  }

  #allocate(bytes: number): number {
    const at = this.#run(() => this.#libopus.malloc(bytes));
    if (at === 0) throw new RangeError('the memory of libopus is full');
    return at;
  }

  #made(at: number, error: number): number {
    if (error === 0) return at;
    this.close(at);
    throw new RangeError(`libopus makes no codec (error ${error})`);
  }

  #view(): Uint8Array {
    const { buffer } = this.#libopus.memory;
    if (this.#bytes.buffer !== buffer) this.#bytes = new Uint8Array(buffer);
    return this.#bytes;
  }

  #pcmView(): Int16Array {
    const { buffer } = this.#libopus.memory;
    if (this.#pcm.buffer !== buffer) this.#pcm = new Int16Array(buffer);
    return this.#pcm;
  }

  #run<T>(call: () => T): T {
    if (this.#broken) throw new Error('libopus crashed, in this codec or in another one');
    try {
      return call();
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }
}

let shared: OpusHeap | undefined;

/**
 * The heap for a new codec.
 *
 * @throws PackageError if the build is not installed; RangeError, or an error of WebAssembly, if there is no memory for it
 */
export function opusHeap(): OpusHeap {
  if (shared === undefined || shared.broken) shared = new OpusHeap();
  return shared;
}
