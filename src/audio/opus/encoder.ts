/** PCM to Opus packets, by the same WebAssembly build as the decoder: about 140 µs a frame of 20 ms. */
import type { OpusFrame } from '../../types.js';
import { OpusEncoderError } from '../errors.js';
import { whyNoCodec } from './build.js';
import { closeOpusHeap, openOpusHeap, type OpusApplication, type OpusHeap } from './heap.js';
import { CHANNELS } from '../pcm/pcm.js';
import { requireWholeNumber } from '../whole-number.js';

/** Samples of the frames that it takes: 2.5, 5, 10 and 20 ms. At 40 ms the build overruns its stack, and hangs or crashes later on. */
const FRAME_SAMPLES: readonly number[] = [120, 240, 480, 960];
/** What libopus takes for stereo. */
const BITRATES = { least: 6_000, most: 510_000 } as const;
/** Requests of opus_encoder_ctl(). Source: opus_defines.h. */
const SET_BITRATE = 4_002;
const SET_INBAND_FEC = 4_012;
const SET_PACKET_LOSS_PERC = 4_014;

/** How to encode. */
export interface OpusEncoderOptions {
  /** Bits a second, 6000 to 510 000. Default 64 000, which is what a Discord channel has unless its settings say otherwise. */
  readonly bitrate?: number;
  /** `audio` for music and mixtures, `voip` for one voice, `lowdelay` without the 4 ms look-ahead of both. Default `audio`. */
  readonly application?: OpusApplication;
  /**
   * The loss to expect, in percent. Above 0, a packet of speech (`voip`, a low bitrate) also holds a coarse copy of the one before
   * it, for decoders with in-band FEC. Default 0.
   */
  readonly packetLoss?: number;
}

/** How PCM is encoded unless told otherwise: bits a second, and percent. */
export const DEFAULT_ENCODING = { bitrate: 64_000, application: 'audio', packetLoss: 0 } as const satisfies Required<OpusEncoderOptions>;

/** Turns PCM into the packets of one stream. */
export interface OpusEncoder {
  /**
   * The packet of one frame: signed 16-bit samples at 48 kHz, left and right interleaved. 1920 of them are 20 ms, which Discord
   * wants; 2.5, 5 and 10 ms are taken too. The array stays the caller's.
   *
   * @throws OpusEncoderError for another number of samples, and after `free()`
   */
  encode(pcm: Int16Array): OpusFrame;
  /** Gives the memory back, for the next codec. To be called when the stream ends; calling it twice does nothing. */
  free(): void;
}

/**
 * Makes an encoder for 48 kHz stereo. Like a decoder it has a heap of its own, of about 0.3 MB.
 *
 * @throws RangeError when an option is out of its range
 * @throws OpusEncoderError when there is no memory for it, and where `opusscript` is not installed, as beside a bundle that was moved
 */
export function createOpusEncoder(options: OpusEncoderOptions = {}): OpusEncoder {
  const {
    bitrate = DEFAULT_ENCODING.bitrate,
    application = DEFAULT_ENCODING.application,
    packetLoss = DEFAULT_ENCODING.packetLoss,
  } = options;
  requireWholeNumber('bitrate', bitrate, BITRATES.least, BITRATES.most);
  requireWholeNumber('packetLoss', packetLoss, 0, 100);
  let heap: OpusHeap;
  try {
    heap = openOpusHeap(application);
  } catch (error) {
    throw new OpusEncoderError(whyNoCodec(error, 'encoder'), { cause: error });
  }
  heap.set(SET_BITRATE, bitrate);
  heap.set(SET_INBAND_FEC, packetLoss > 0 ? 1 : 0);
  heap.set(SET_PACKET_LOSS_PERC, packetLoss);
  return new HeapEncoder(heap);
}

class HeapEncoder implements OpusEncoder {
  #heap: OpusHeap | undefined;

  constructor(heap: OpusHeap) {
    this.#heap = heap;
  }

  encode(pcm: Int16Array): OpusFrame {
    if (this.#heap === undefined) throw new OpusEncoderError('this Opus encoder was freed: make another one');
    if (!FRAME_SAMPLES.includes(pcm.length / CHANNELS)) {
      throw new OpusEncoderError(
        `${pcm.length} samples are no Opus frame: cut the audio into pieces of 1920 (20 ms at 48 kHz, left and right interleaved); ` +
          'the last one is filled up with zeros',
      );
    }
    let packet: Uint8Array | number;
    try {
      packet = this.#heap.encode(pcm);
    } catch (error) {
      throw new OpusEncoderError('libopus crashed: free() this encoder and make another one', { cause: error });
    }
    if (typeof packet === 'number') throw new OpusEncoderError(`libopus refuses to encode (error ${packet})`);
    return packet;
  }

  free(): void {
    if (this.#heap !== undefined) closeOpusHeap(this.#heap);
    this.#heap = undefined;
  }
}
