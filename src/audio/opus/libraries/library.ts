/** Adapters for an Opus library of the user. */
import type { OpusFrame } from '../../../types.js';
import { OpusDecoderError, OpusEncoderError } from '../../errors.js';
import type { OpusCodec, OpusDecoderFactory, OpusEncoderFactory, OpusPacketEncoder } from '../codec.js';
import { concealByEmptyPackets } from '../empty-packet.js';
import { encoderRequests, opusEncoding, requireFrameLength, type OpusEncoding } from '../encoder-options.js';
import { soundLoss, soundPacket } from '../sound-packet.js';

/** The decoder and encoder of a library: pass them as the options `codec` and `encoder`. */
export interface OpusLibrary {
  readonly decoder: OpusDecoderFactory;
  readonly encoder: OpusEncoderFactory;
}

/** An encoder and a decoder that pass bytes: 16-bit PCM, little-endian like every machine that Node runs on. */
interface BytesEncoding {
  encode(pcm: Uint8Array): Uint8Array;
}
interface BytesDecoding {
  decode(packet: Uint8Array): Uint8Array;
}

/** What a library must provide; both methods make a codec for 48 kHz stereo. */
export interface BytesLibrary {
  /** Its name in errors. */
  readonly name: string;
  /** Whether its decoder conceals a packet without data. */
  readonly conceals: boolean;
  makeDecoder(): BytesDecoding;
  /** `requests` are those of opus_encoder_ctl(). */
  makeEncoder(encoding: OpusEncoding, requests: readonly (readonly [number, number])[]): BytesEncoding;
}

export function bytesLibrary(library: BytesLibrary): OpusLibrary {
  return {
    decoder: () => {
      const codec = attempt(() => library.makeDecoder(), OpusDecoderError, `${library.name} makes no decoder`);
      return library.conceals ? new ConcealingDecoder(library.name, codec) : new BytesDecoder(library.name, codec);
    },
    encoder: (options) => {
      const encoding = opusEncoding(options);
      const make = (): BytesEncoding => library.makeEncoder(encoding, encoderRequests(encoding));
      return new BytesEncoder(library.name, attempt(make, OpusEncoderError, `${library.name} makes no encoder`), encoding);
    },
  };
}

/** Calls foreign code, and wraps its errors in ours. */
export function attempt<T>(run: () => T, ErrorType: typeof OpusDecoderError | typeof OpusEncoderError, what: string): T {
  try {
    return run();
  } catch (error) {
    throw new ErrorType(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

class BytesDecoder implements OpusCodec {
  readonly #name: string;
  readonly #codec: BytesDecoding;

  constructor(name: string, codec: BytesDecoding) {
    this.#name = name;
    this.#codec = codec;
  }

  decode(frame: OpusFrame): Int16Array {
    return this.run(soundPacket(frame));
  }

  protected run(packet: Uint8Array): Int16Array {
    const bytes = attempt(() => this.#codec.decode(bufferOf(packet)), OpusDecoderError, `${this.#name} refuses this packet`);
    // A copy, because the bytes may be at an odd address.
    return new Int16Array(Uint8Array.from(bytes).buffer);
  }
}

class ConcealingDecoder extends BytesDecoder {
  #last: Uint8Array = Uint8Array.of(0);

  override decode(frame: OpusFrame): Int16Array {
    const pcm = super.decode(frame);
    this.#last = frame.slice(0, 1);
    return pcm;
  }

  conceal(samples: number): Int16Array {
    return concealByEmptyPackets((packet) => this.run(packet), soundLoss(samples), this.#last);
  }
}

class BytesEncoder implements OpusPacketEncoder {
  readonly #name: string;
  readonly #codec: BytesEncoding;
  readonly #encoding: OpusEncoding;

  constructor(name: string, codec: BytesEncoding, encoding: OpusEncoding) {
    this.#name = name;
    this.#codec = codec;
    this.#encoding = encoding;
  }

  encode(pcm: Int16Array): OpusFrame {
    requireFrameLength(pcm.length, this.#encoding);
    return Uint8Array.from(attempt(() => this.#codec.encode(bufferOf(pcm)), OpusEncoderError, `${this.#name} does not encode this`));
  }
}

/** Native libraries require a Buffer. */
function bufferOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
