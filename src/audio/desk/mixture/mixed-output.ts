/** A mixture as Opus packets, on the same time grid as packets that are passed unchanged. */
import { SAMPLES_PER_FRAME } from '../../../protocol/silence.js';
import type { OpusFrame } from '../../../types.js';
import type { OpusPacketEncoder } from '../../opus/codec.js';
import { CHANNELS } from '../../pcm/pcm.js';
import { limiter } from '../../steps/level/limiter.js';
import { toPcm } from '../../steps/numbers.js';
import { Fifo } from './fifo.js';

/** The delay of the encoder in samples. Source: libopus, `OPUS_GET_LOOKAHEAD` at 48 kHz. */
const LOOK_AHEAD = 312;
/** The delay of the limiter, which looks ahead too, chosen so that limiter and encoder together take one frame. */
const DELAY = SAMPLES_PER_FRAME - LOOK_AHEAD;
/** Frames after which the limiter has recovered from a peak: 63 % of its gain returns in 100 ms; it counts as 1 when within -120 dB of 1. */
const RECOVERED = 72;

/**
 * Limiter and encoder, with a delay of 20 ms together. With each frame of the mixture comes the packet that decodes to the frame before it,
 * at the position that a passed packet of that frame would have.
 *
 * ```
 * mixture   0   1   2   3
 * packets   -   0   1   2
 * ```
 * The encoder must be in the state in which the earlier packets have left the listeners' decoder. It is, once it has encoded the last few
 * frames of what they contained. docs/decisions.md has the measurements.
 */
export class MixedOutput {
  readonly #limiter = limiter({ ceiling: 0 }).start();
  readonly #late = new Fifo();
  readonly #encoder: OpusPacketEncoder;
  #sincePeak = RECOVERED;

  /** @param encoder a new one; `free()` frees it */
  constructor(encoder: OpusPacketEncoder) {
    this.#encoder = encoder;
    this.#late.push(new Float32Array(DELAY * CHANNELS));
  }

  /** Whether the limiter changes nothing. */
  get untouched(): boolean {
    return this.#sincePeak >= RECOVERED;
  }

  /** Returns the packet of the frame before this one; the first packet is not usable. */
  push(mixture: Float32Array): OpusFrame {
    this.#sincePeak = tooLoud(mixture) ? 0 : this.#sincePeak + 1;
    // The limiter holds back its look-ahead, which is less than the delay, so a whole frame is always available.
    this.#late.push(this.#limiter.step(mixture));
    const frame = new Float32Array(mixture.length);
    this.#late.take(frame, 0, SAMPLES_PER_FRAME);
    return this.#encoder.encode(toPcm(frame));
  }

  free(): void {
    this.#limiter.free?.();
    this.#encoder.free?.();
  }
}

function tooLoud(samples: Float32Array): boolean {
  for (let i = 0; i < samples.length; i++) if (samples[i]! > 1 || samples[i]! < -1) return true;
  return false;
}
