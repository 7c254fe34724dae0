/** Decodes the packets of one reading to PCM, also from a start in the middle, and after packets that were passed undecoded. */
import type { OpusCodec, OpusDecoderFactory } from '../../opus/codec.js';
import { CHANNELS } from '../../pcm/pcm.js';
import { joined, PcmReader } from '../../steps/numbers.js';
import type { OpusFrame } from '../../../types.js';

/** Packets that warm up a decoder: four of 20 ms are the 80 ms that RFC 7845 section 4.6 requires. */
const WARM_UP_PACKETS = 4;
/** Additional packets that bring an encoder into the state of the listeners' decoder; measured, see docs/decisions.md. */
export const PRE_ROLL_PACKETS = 3;

export class PacketDecoder {
  readonly #factory: OpusDecoderFactory;
  readonly #onDamage: (error: unknown) => void;
  readonly #reader = new PcmReader();
  /** The last packets that were heard. */
  readonly #history: OpusFrame[] = [];
  /** Undefined while packets are passed: its state would be wrong. */
  #codec: OpusCodec | undefined;

  /** @param onDamage called for a packet that cannot be decoded; it is concealed */
  constructor(factory: OpusDecoderFactory, onDamage: (error: unknown) => void) {
    this.#factory = factory;
    this.#onDamage = onDamage;
  }

  /** The sound of the next packet. Throws if no decoder can be made. */
  decode(packet: OpusFrame, samples: number): Float32Array {
    const codec = this.#warm();
    this.#remember(packet);
    return this.#reader.read(this.#decoded(codec, packet, samples));
  }

  /** Records the next packet without decoding it. */
  pass(packet: OpusFrame): void {
    this.free();
    this.#remember(packet);
  }

  /** The sound of the last {@link PRE_ROLL_PACKETS}, decoded again. */
  preRoll(): Float32Array {
    this.free();
    const sound: Float32Array[] = [];
    this.#warm((pcm) => sound.push(this.#reader.read(pcm)));
    return joined(sound.slice(-PRE_ROLL_PACKETS));
  }

  /** Frees the decoder; the next `decode()` makes another one. */
  free(): void {
    this.#codec?.free?.();
    this.#codec = undefined;
  }

  #warm(heard?: (pcm: Int16Array) => void): OpusCodec {
    if (this.#codec !== undefined) return this.#codec;
    const codec = this.#factory();
    for (const packet of this.#history) {
      try {
        const pcm = codec.decode(packet);
        heard?.(pcm);
      } catch {
        // Reported when the packet was first decoded.
      }
    }
    this.#codec = codec;
    return codec;
  }

  #decoded(codec: OpusCodec, packet: OpusFrame, samples: number): Int16Array {
    try {
      return codec.decode(packet);
    } catch (error) {
      this.#onDamage(error);
    }
    try {
      return codec.conceal?.(samples) ?? new Int16Array(samples * CHANNELS);
    } catch {
      return new Int16Array(samples * CHANNELS);
    }
  }

  #remember(packet: OpusFrame): void {
    this.#history.push(packet);
    if (this.#history.length > WARM_UP_PACKETS + PRE_ROLL_PACKETS) this.#history.shift();
  }
}
