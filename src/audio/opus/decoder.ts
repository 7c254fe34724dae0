/** Opus packets to PCM, by libopus compiled to WebAssembly (`opusscript`): nothing to build, about 34 µs a frame. */
import { MAX_OPUS_PACKET_SAMPLES, OPUS_GRID, opusPacketSamples } from '../../protocol/opus-packet.js';
import type { OpusFrame } from '../../types.js';
import { OpusDecoderError } from '../errors.js';
import { whyNoCodec } from './build.js';
import type { OpusCodec } from './codec.js';
import { closeOpusHeap, OpusHeap, openOpusHeap } from './heap.js';
import { CHANNELS } from '../pcm/pcm.js';

/** TOC configuration of CELT, fullband, 20 ms; the three before it are of 10, 5 and 2.5 ms. RFC 6716 table 2. */
const CONFIG_20_MS = 31;
const STEREO = 1 << 2;

/** Turns the packets of one stream into PCM. It remembers the packets before, so each stream needs its own. */
export interface OpusDecoder extends OpusCodec {
  /**
   * The PCM of one packet: signed 16-bit samples at 48 kHz, left and right interleaved, 1920 of them for 20 ms. Mono is
   * given on both sides. The array is the caller's.
   *
   * @throws OpusDecoderError for what is no Opus packet, one longer than 60 ms or 3828 bytes, and after `free()`
   */
  decode(frame: OpusFrame): Int16Array;
  /**
   * What libopus makes up for packets that did not come: the last sound, prolonged, and fainter with each call. It is silence
   * before the first packet. The build of opusscript has no call for in-band FEC, so there is no `decodeFec`.
   *
   * @param samples for each channel, at 48 kHz; a multiple of 120 (2.5 ms), and 5760 (120 ms) at most
   * @throws OpusDecoderError for another number of samples, and after `free()`
   */
  conceal(samples: number): Int16Array;
  /** Gives the memory back, for the next codec. To be called when the stream ends; calling it twice does nothing. */
  free(): void;
}

/**
 * Makes a decoder. Each has a heap of its own, of about 0.3 MB; making one takes about 2 ms, or nothing when one was freed before.
 *
 * @throws OpusDecoderError when there is no memory for it, and where `opusscript` is not installed, as beside a bundle that was moved
 */
export function createOpusDecoder(): OpusDecoder {
  try {
    return new HeapDecoder(openOpusHeap('audio'));
  } catch (error) {
    throw new OpusDecoderError(whyNoCodec(error, 'decoder'), { cause: error });
  }
}

class HeapDecoder implements OpusDecoder {
  #heap: OpusHeap | undefined;
  /** The stereo bit of the last packet. */
  #stereo = 0;

  constructor(heap: OpusHeap) {
    this.#heap = heap;
  }

  decode(frame: OpusFrame): Int16Array {
    const heap = this.#open();
    const samples = opusPacketSamples(frame);
    if (typeof samples === 'string') throw new OpusDecoderError(`this is not an Opus packet: ${samples}`);
    if (samples > OpusHeap.MAX_SAMPLES || frame.length > OpusHeap.MAX_PACKET_BYTES) {
      throw new OpusDecoderError(
        `this packet is ${samples / 48} ms and ${frame.length} bytes long, and opusscript takes 60 ms and ` +
          `${OpusHeap.MAX_PACKET_BYTES} bytes at most: encode with 20 ms a packet, as Discord wants it`,
      );
    }
    this.#stereo = frame[0]! & STEREO;
    return run(heap, frame);
  }

  conceal(samples: number): Int16Array {
    const heap = this.#open();
    if (!Number.isInteger(samples) || samples <= 0 || samples % OPUS_GRID !== 0 || samples > MAX_OPUS_PACKET_SAMPLES) {
      throw new OpusDecoderError(
        `${samples} samples cannot be concealed: Opus counts in steps of ${OPUS_GRID} (2.5 ms), up to ${MAX_OPUS_PACKET_SAMPLES} (120 ms)`,
      );
    }
    const pcm = new Int16Array(samples * CHANNELS);
    for (let at = 0; at < pcm.length;) {
      const piece = run(heap, emptyPacket(samples - at / CHANNELS, this.#stereo));
      pcm.set(piece, at);
      at += piece.length;
    }
    return pcm;
  }

  free(): void {
    if (this.#heap !== undefined) closeOpusHeap(this.#heap);
    this.#heap = undefined;
  }

  #open(): OpusHeap {
    if (this.#heap === undefined) throw new OpusDecoderError('this Opus decoder was freed: make another one');
    return this.#heap;
  }
}

/**
 * A packet whose one frame is empty: to libopus that is a lost frame, and it conceals what the first byte says, by the mode of
 * the packet before. (Its own way, no packet at all, has no length here: the build always conceals 120 ms.) RFC 6716 section 3.2.1.
 */
function emptyPacket(samples: number, stereo: number): Uint8Array {
  let config = CONFIG_20_MS;
  for (let length = OPUS_GRID * 8; length > samples; length /= 2) config -= 1;
  return Uint8Array.of((config << 3) | stereo);
}

function run(heap: OpusHeap, packet: Uint8Array): Int16Array {
  let pcm: Int16Array | number;
  try {
    pcm = heap.decode(packet);
  } catch (error) {
    throw new OpusDecoderError('libopus crashed: free() this decoder and make another one', { cause: error });
  }
  if (typeof pcm === 'number') throw new OpusDecoderError(`libopus refuses this packet (error ${pcm}): its audio data is damaged`);
  return pcm;
}
